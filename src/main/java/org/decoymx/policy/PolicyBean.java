package org.decoymx.policy;

import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.decoymx.primary.Outage;
import org.decoymx.primary.Witnesses;
import org.decoymx.smtp.protocol.Trait;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/** Makes the policy of the configuration. */
final class PolicyBean {
    private static final Logger LOG = Logger.getLogger(Policy.class);
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(3_650);
    private static final double MAX_POINTS = 1_000;
    private static final int MAX_HOSTS = 256;

    private PolicyBean() {}

    @Produces
    @Singleton
    static Exempt exempt() {
        return new Exempt();
    }

    @Produces
    @Singleton
    static Policy policy(PolicyConfig config, Exempt exempt, Witnesses witnesses, Outage outage) {
        Rules rules = rules(config);
        if (rules.isTrial()) {
            LOG.warn("TRIAL: decoy.domains is not set, so every recipient counts and private addresses are listed");
        }
        if (rules.mode() == Mode.OBSERVE) {
            LOG.info("OBSERVE: decoy.policy.mode is observe, so the feeds stay empty; /stats says who would be listed");
        }
        return new Policy(rules, exempt, witnesses, outage);
    }

    private static Rules rules(PolicyConfig config) {
        PolicyConfig.Policy policy = config.policy();
        inRange("threshold", policy.threshold(), 0.1, MAX_POINTS);
        if (policy.widenAt() != 0) {
            inRange("widen-at", policy.widenAt(), 2, MAX_HOSTS);
        }
        inRange("half-life", policy.halfLife());
        inRange("ttl", policy.ttl());
        inRange("max-ttl", policy.maxTtl());
        inRange("forgive-after", policy.forgiveAfter());
        if (policy.maxTtl().compareTo(policy.ttl()) < 0) {
            throw refused("max-ttl", "decoy.policy.ttl or more is");
        }
        return new Rules(
                mode(config),
                policy.threshold(),
                policy.halfLife(),
                policy.ttl(),
                policy.maxTtl(),
                policy.forgiveAfter(),
                policy.widenAt(),
                weights(policy.points()));
    }

    private static Mode mode(PolicyConfig config) {
        Mode mode = Stream.of(Mode.ENFORCE, Mode.OBSERVE)
                .filter(known -> known.name()
                        .toLowerCase(Locale.ROOT)
                        .equals(config.policy().mode()))
                .findFirst()
                .orElseThrow(() -> refused("mode", "enforce or observe is"));
        return config.domains().isEmpty() ? Mode.TRIAL : mode;
    }

    private static Weights weights(PolicyConfig.Points points) {
        inRange("points.rcpt", points.rcpt(), 0, MAX_POINTS);
        inRange("points.data", points.data(), 0, MAX_POINTS);
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
                inRange("points." + trait.name().toLowerCase(Locale.ROOT).replace('_', '-'), value, 0, MAX_POINTS));
        return new Weights(points.rcpt(), points.data(), traits);
    }

    private static void inRange(String key, Duration value) {
        if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
            throw refused(key, "1s to 3650d is");
        }
    }

    private static void inRange(String key, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw refused(key, number(least) + " to " + number(most) + " is");
        }
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static ConfigurationException refused(String key, String allowed) {
        String name = "decoy.policy." + key;
        return new ConfigurationException(name + ": '"
                + ConfigProvider.getConfig().getConfigValue(name).getValue() + "' is not allowed; " + allowed);
    }
}
