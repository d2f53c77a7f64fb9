package org.decoymx.policy;

import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.decoymx.primary.PrimaryMonitor;
import org.decoymx.primary.PrimaryVisits;
import org.decoymx.smtp.protocol.Trait;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/** Creates the policy from the configuration. */
final class PolicyProducer {
    private static final Logger LOG = Logger.getLogger(Policy.class);
    private static final Duration MIN_DURATION = Duration.ofSeconds(1);
    private static final Duration MAX_DURATION = Duration.ofDays(3_650);
    private static final double MAX_POINTS = 1_000;
    private static final int MAX_HOSTS = 256;

    private PolicyProducer() {}

    @Produces
    @Singleton
    static ExemptNetworks exemptNetworks() {
        return new ExemptNetworks();
    }

    @Produces
    @Singleton
    static Policy policy(
            PolicyConfig config,
            ExemptNetworks exemptNetworks,
            PrimaryVisits primaryVisits,
            PrimaryMonitor primaryMonitor) {
        PolicySettings settings = settings(config);
        if (settings.isTrial()) {
            LOG.warn("TRIAL: decoy.domains is not set, so every recipient counts as protected and private addresses are"
                    + " listed");
        }
        if (settings.mode() == PolicyMode.OBSERVE) {
            LOG.info("OBSERVE: decoy.policy.mode is observe, so the feeds stay empty; /stats shows who would be"
                    + " listed");
        }
        return new Policy(settings, exemptNetworks, primaryVisits, primaryMonitor);
    }

    private static PolicySettings settings(PolicyConfig config) {
        PolicyConfig.PolicySection policy = config.policy();
        checkRange("threshold", policy.threshold(), 0.1, MAX_POINTS);
        if (policy.widenAt() != 0) {
            checkRange("widen-at", policy.widenAt(), 2, MAX_HOSTS);
        }
        checkRange("half-life", policy.halfLife());
        checkRange("ttl", policy.ttl());
        checkRange("max-ttl", policy.maxTtl());
        checkRange("forgive-after", policy.forgiveAfter());
        if (policy.maxTtl().compareTo(policy.ttl()) < 0) {
            throw notAllowed("max-ttl", "is out of range (at least decoy.policy.ttl)");
        }
        return new PolicySettings(
                mode(config),
                policy.threshold(),
                policy.halfLife(),
                policy.ttl(),
                policy.maxTtl(),
                policy.forgiveAfter(),
                policy.widenAt(),
                weights(policy.points()));
    }

    private static PolicyMode mode(PolicyConfig config) {
        PolicyMode mode = Stream.of(PolicyMode.ENFORCE, PolicyMode.OBSERVE)
                .filter(known -> known.name()
                        .toLowerCase(Locale.ROOT)
                        .equals(config.policy().mode()))
                .findFirst()
                .orElseThrow(() -> notAllowed("mode", "is not a valid mode (enforce or observe)"));
        return config.domains().isEmpty() ? PolicyMode.TRIAL : mode;
    }

    private static SessionWeights weights(PolicyConfig.PointsSection points) {
        checkRange("points.rcpt", points.rcpt(), 0, MAX_POINTS);
        checkRange("points.data", points.data(), 0, MAX_POINTS);
        Map<Trait, Double> traits = new EnumMap<>(Trait.class);
        traits.put(Trait.EARLY_TALKER, points.earlyTalker());
        traits.put(Trait.NOT_SMTP, points.notSmtp());
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
        traits.forEach((trait, value) ->
                checkRange("points." + trait.name().toLowerCase(Locale.ROOT).replace('_', '-'), value, 0, MAX_POINTS));
        return new SessionWeights(points.rcpt(), points.data(), traits);
    }

    private static void checkRange(String key, Duration value) {
        if (value.compareTo(MIN_DURATION) < 0 || value.compareTo(MAX_DURATION) > 0) {
            throw notAllowed(key, "is out of range (1s to 3650d)");
        }
    }

    private static void checkRange(String key, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw notAllowed(key, "is out of range (" + formatNumber(min) + " to " + formatNumber(max) + ")");
        }
    }

    private static String formatNumber(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static ConfigurationException notAllowed(String key, String problem) {
        String name = "decoy.policy." + key;
        return new ConfigurationException(name + ": '"
                + ConfigProvider.getConfig().getConfigValue(name).getValue() + "' " + problem);
    }
}
