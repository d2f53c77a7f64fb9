package org.decoymx.blocklist;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.decoymx.ledger.Node;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Listing;
import org.decoymx.policy.ListingReason;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.PolicySettings;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.Tier;
import org.decoymx.policy.TrustRules;
import org.decoymx.policy.TrustSettings;
import org.decoymx.policy.TrustState;

/** Publishers for tests, with access for other packages. */
public final class BlocklistPublishers {
    private BlocklistPublishers() {}

    /**
     * A publisher with the default policy settings.
     *
     * @param widenAt number of listed addresses from which a /24 is listed; 0 for never
     */
    public static BlocklistPublisher of(PolicyMode mode, int widenAt, ExemptNetworks exempt, Instant now) {
        return of(policy(mode, widenAt, exempt), now);
    }

    /** A publisher with a {@link #policy}. */
    public static BlocklistPublisher of(Policy policy, Instant now) {
        return new BlocklistPublisher(policy, now, false);
    }

    /** A policy with the default settings. */
    public static Policy policy(PolicyMode mode, int widenAt, ExemptNetworks exempt) {
        PolicySettings settings = PolicyFixtures.settings(mode, Duration.ofHours(1));
        return PolicyFixtures.of(
                new PolicySettings(
                        mode,
                        settings.threshold(),
                        settings.halfLife(),
                        settings.ttl(),
                        settings.maxTtl(),
                        settings.forgiveAfter(),
                        widenAt,
                        settings.weights(),
                        1),
                exempt);
    }

    /** Sets the tier of an origin from one second to another, as an administrator may. */
    public static void setTier(Policy policy, IpPrefix origin, Tier tier, long since, long until) {
        TrustRules rules = new TrustRules(TrustSettings.DEFAULTS);
        policy.trust().forget(origin);
        policy.trust().load(origin, rules.setByHand(TrustState.UNKNOWN, tier, since, until));
    }

    /** A sender that is listed from one second to another. */
    public static Sender sender(IpPrefix origin, long since, long until) {
        Instant seen = Instant.ofEpochSecond(since);
        return new Sender(
                origin, seen, seen, 1, 1, Set.of(), Set.of(), List.of(new SenderScore(10, since, 1, since, until, 0)));
    }

    /** The packed form of a listing reason, of a suspect. */
    public static long packedReason(ListingReason reason) {
        return PackedReason.pack(reason);
    }

    /** The packed form of a listing reason, of a confirmed sender. */
    public static long packedConfirmed(ListingReason reason) {
        return PackedReason.pack(reason, new Listing(Tier.CONFIRMED, 0, 1, 0, false));
    }

    /** Publishes the first list, of a node that shares its list with others. */
    public static void publishFirst(BlocklistPublisher publisher, Node node, Instant now) {
        publisher.setNode(BlocklistLifecycle.tagOf(node));
        publisher.publishFirst(now);
    }

    /** Evaluates senders as after a ledger commit. */
    public static void evaluate(BlocklistPublisher publisher, Collection<Sender> senders, Instant now) {
        publisher.evaluate(senders, now);
    }

    /** Publishes as the timer does. */
    public static void publish(BlocklistPublisher publisher, Instant now) {
        publisher.publish(now);
    }
}
