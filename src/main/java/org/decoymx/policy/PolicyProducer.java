package org.decoymx.policy;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.support.EventLog;
import org.jboss.logging.Logger;

/** Creates the policy from the configuration. */
final class PolicyProducer {
    private static final Logger LOG = Logger.getLogger(Policy.class);

    private PolicyProducer() {}

    @Produces
    @Singleton
    static ExemptNetworks exemptNetworks() {
        return new ExemptNetworks();
    }

    @Produces
    @Singleton
    static TrustIndex trustIndex(PolicyConfig config, EventLog log) {
        return new TrustIndex(new TrustRules(trustSettings(config.policy())), new SenderEvents(log::add));
    }

    /** The check of the configuration accepted it. */
    @Produces
    @Singleton
    static ExplainTemplate explainTemplate(PolicyConfig config) {
        return new ExplainTemplate(config.policy().explainTemplate().orElse(""));
    }

    @Produces
    @Singleton
    static DeliveryAttempts deliveryAttempts(Clock clock) {
        return new DeliveryAttempts(clock.instant().getEpochSecond());
    }

    @Produces
    @Singleton
    static PrimaryVisits primaryVisits() {
        return new PrimaryVisits();
    }

    private static TrustSettings trustSettings(PolicyConfig.PolicySection policy) {
        return new TrustSettings(
                policy.retryAfter(),
                policy.retryUntil(),
                policy.abandonedAfter(),
                policy.clearedFirst(),
                policy.clearedFor(),
                policy.primaryRetryAfter(),
                policy.knownDays(),
                policy.ttl(),
                policy.maxTtl(),
                policy.forgiveAfter());
    }

    @Produces
    @Singleton
    static Policy policy(
            PolicyConfig config,
            ExemptNetworks exemptNetworks,
            PrimaryVisits primaryVisits,
            OutageWindows outages,
            DeliveryAttempts attempts,
            TrustIndex trust,
            ExplainTemplate contact) {
        SiteTexts site =
                SiteTexts.of(config.hostname().orElse(""), config.domains().orElse(List.of()), contact);
        PolicySettings settings = settings(config);
        if (settings.isTrial()) {
            LOG.warn("TRIAL: decoy.domains is not set, so all recipients are protected and private addresses are"
                    + " listed");
        }
        if (settings.mode() == PolicyMode.OBSERVE) {
            LOG.info("OBSERVE: decoy.policy.mode is observe, so the feeds stay empty; /stats shows who would be"
                    + " listed");
        }
        return new Policy(settings, exemptNetworks, primaryVisits, outages, attempts, trust, site);
    }

    private static PolicySettings settings(PolicyConfig config) {
        PolicyConfig.PolicySection policy = config.policy();
        return new PolicySettings(
                mode(config),
                policy.threshold(),
                policy.halfLife(),
                policy.ttl(),
                policy.maxTtl(),
                policy.forgiveAfter(),
                policy.widenAt(),
                weights(policy.points()),
                config.exchange().minNodes());
    }

    private static PolicyMode mode(PolicyConfig config) {
        PolicyMode mode = PolicyMode.valueOf(config.policy().mode().toUpperCase(Locale.ROOT));
        return config.domains().isEmpty() ? PolicyMode.TRIAL : mode;
    }

    private static SessionWeights weights(PolicyConfig.PointsSection points) {
        Map<Trait, Double> traits = new EnumMap<>(Trait.class);
        traits.put(Trait.EARLY_TALKER, points.earlyTalker());
        traits.put(Trait.HELO_OURS, points.heloOurs());
        traits.put(Trait.TALKS_ON, points.talksOn());
        traits.put(Trait.PIPELINED_UNASKED, points.pipelinedUnasked());
        traits.put(Trait.BARE_NEWLINE, points.bareNewline());
        traits.put(Trait.BAD_ORDER, points.badOrder());
        traits.put(Trait.HELO_LIES, points.heloLies());
        traits.put(Trait.AUTH_PROBE, points.authProbe());
        traits.put(Trait.MANY_RECIPIENTS, points.manyRecipients());
        traits.put(Trait.NO_QUIT, points.noQuit());
        traits.put(Trait.FLOOD, points.flood());
        return new SessionWeights(points.data(), traits);
    }
}
