package org.decoymx.blocklist;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.Sender;
import org.decoymx.ledger.SenderScore;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.ListingReason;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.PolicySettings;

/** Publishers for tests, and what the bean does with them. */
public final class BlocklistPublishers {
    private BlocklistPublishers() {}

    /**
     * A publisher that goes by the default numbers.
     *
     * @param widenAt on how many listed addresses a /24 is listed; 0 for never
     */
    public static BlocklistPublisher of(PolicyMode mode, int widenAt, ExemptNetworks exempt, Instant now) {
        return new BlocklistPublisher(policy(mode, widenAt, exempt), now);
    }

    static Policy policy(PolicyMode mode, int widenAt, ExemptNetworks exempt) {
        PolicySettings rules = PolicyFixtures.settings(mode, Duration.ofHours(1));
        return PolicyFixtures.of(
                new PolicySettings(
                        mode,
                        rules.threshold(),
                        rules.halfLife(),
                        rules.ttl(),
                        rules.maxTtl(),
                        rules.forgiveAfter(),
                        widenAt,
                        rules.weights()),
                exempt);
    }

    /** A sender that is listed from one second to another. */
    public static Sender sender(Origin origin, long since, long until) {
        Instant seen = Instant.ofEpochSecond(since);
        return new Sender(
                origin, seen, seen, 1, 1, Set.of(), Set.of(), List.of(new SenderScore(10, since, 1, since, until, 0)));
    }

    /** What an entry says why it is listed, as a number. */
    public static long packedReason(ListingReason cause) {
        return PackedReason.pack(cause);
    }

    /** The ledger tells of senders. */
    public static void evaluate(BlocklistPublisher publisher, Collection<Sender> senders, Instant now) {
        publisher.evaluate(senders, now);
    }

    /** The publisher's turn comes. */
    public static void publish(BlocklistPublisher publisher, Instant now) {
        publisher.publish(now);
    }
}
