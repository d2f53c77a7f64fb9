package org.decoymx.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.decoymx.smtp.protocol.Trait;

/** Policies for tests, with the defaults of the configuration. */
public final class PolicyFixtures {
    /** The default points. */
    public static final SessionWeights WEIGHTS = new SessionWeights(10, traits());

    /** A site of which nothing is known. */
    static final SiteTexts UNKNOWN_SITE = SiteTexts.of("", List.of(), ExplainTemplate.NONE);

    private PolicyFixtures() {}

    private static Map<Trait, Double> traits() {
        Map<Trait, Double> traits = new EnumMap<>(Trait.class);
        traits.put(Trait.EARLY_TALKER, 5.0);
        traits.put(Trait.HELO_OURS, 5.0);
        traits.put(Trait.TALKS_ON, 5.0);
        traits.put(Trait.PIPELINED_UNASKED, 2.0);
        traits.put(Trait.BARE_NEWLINE, 2.0);
        traits.put(Trait.BAD_ORDER, 1.0);
        traits.put(Trait.HELO_LIES, 2.0);
        traits.put(Trait.AUTH_PROBE, 2.0);
        traits.put(Trait.MANY_RECIPIENTS, 1.0);
        traits.put(Trait.NO_QUIT, 1.0);
        traits.put(Trait.FLOOD, 2.0);
        return traits;
    }

    /** The default settings with another duration of listings. */
    public static PolicySettings settings(PolicyMode mode, Duration ttl) {
        Duration day = Duration.ofDays(1);
        Duration month = Duration.ofDays(30);
        return new PolicySettings(mode, 10, day, ttl, ttl.compareTo(month) > 0 ? ttl : month, month, 0, WEIGHTS, 1);
    }

    /** A policy without exemptions, with other points. */
    static Policy withWeights(SessionWeights weights, Duration ttl) {
        PolicySettings s = settings(PolicyMode.ENFORCE, ttl);
        return of(
                new PolicySettings(
                        s.mode(), s.threshold(), s.halfLife(), ttl, s.maxTtl(), s.forgiveAfter(), 0, weights, 1),
                new ExemptNetworks());
    }

    /** A policy without exemptions. */
    public static Policy enforcing(Duration ttl) {
        return of(settings(PolicyMode.ENFORCE, ttl), new ExemptNetworks());
    }

    /** The same if so many nodes must have caught a sender. */
    public static Policy enforcing(Duration ttl, int minNodes) {
        PolicySettings s = settings(PolicyMode.ENFORCE, ttl);
        return of(
                new PolicySettings(
                        s.mode(), s.threshold(), s.halfLife(), ttl, s.maxTtl(), s.forgiveAfter(), 0, WEIGHTS, minNodes),
                new ExemptNetworks());
    }

    /** The score of a sender with a single node after it got some points. */
    public static SenderScore addPoints(Policy policy, Sender sender, double points, Instant at) {
        return new PointRules(policy.settings()).addPoints(sender, sender.latestScore(), points, at);
    }

    /** A policy without visits at a primary and without an outage. */
    public static Policy of(PolicySettings settings, ExemptNetworks exempt) {
        return of(settings, exempt, new PrimaryVisits(), outages(Duration.ZERO));
    }

    /** A policy without knowledge of senders, and with the default times. */
    public static Policy of(
            PolicySettings settings, ExemptNetworks exempt, PrimaryVisits visits, OutageWindows outages) {
        return of(settings, exempt, visits, outages, new DeliveryAttempts(0), trustIndex());
    }

    /** A policy whose explanations do not name the site. */
    public static Policy of(
            PolicySettings settings,
            ExemptNetworks exempt,
            PrimaryVisits visits,
            OutageWindows outages,
            DeliveryAttempts attempts,
            TrustIndex trust) {
        return new Policy(settings, exempt, visits, outages, attempts, trust, UNKNOWN_SITE);
    }

    /** No states, with the default times. */
    public static TrustIndex trustIndex() {
        return new TrustIndex(new TrustRules(TrustSettings.DEFAULTS), new SenderEvents(line -> {}));
    }

    /** The same with other rules, for at most so many senders. */
    static TrustIndex trustIndex(TrustRules rules, int capacity) {
        return new TrustIndex(rules, new SenderEvents(line -> {}), capacity);
    }

    /** No outages; after each, scoring stays paused for the same time. */
    public static OutageWindows outages(Duration grace) {
        return new OutageWindows(new OutageGrace(grace, grace));
    }
}
