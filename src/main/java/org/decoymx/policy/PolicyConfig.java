package org.decoymx.policy;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Configuration of the policy. */
@ConfigMapping(prefix = "decoy")
public interface PolicyConfig {

    /** Protected domains. If it is not set, the decoy is in trial mode. */
    Optional<List<String>> domains();

    PolicySection policy();

    /** Keys below {@code decoy.policy}. */
    interface PolicySection {
        /** {@code enforce}: listed senders are published; {@code observe}: the feeds stay empty. */
        @WithDefault("enforce")
        String mode();

        /** Points at which a sender is listed. */
        @WithDefault("10")
        double threshold();

        /** Half-life of the points. */
        @WithDefault("24h")
        Duration halfLife();

        /** Duration of the first listing of a sender; each further listing is twice as long. */
        @WithDefault("24h")
        Duration ttl();

        /** Maximum duration of a listing. */
        @WithDefault("30d")
        Duration maxTtl();

        /** This long after a listing ended, and without new points, earlier listings no longer count. */
        @WithDefault("30d")
        Duration forgiveAfter();

        /** An IPv4 /24 with this many listed addresses is listed as a whole; 0 turns this off. */
        @WithDefault("0")
        int widenAt();

        PointsSection points();
    }

    /** The points of a session for its deepest verb and for each trait. */
    interface PointsSection {
        /** For a protected recipient without DATA; callback verifiers do this. */
        @WithDefault("2")
        double rcpt();

        /** For a complete conversation for a protected recipient. */
        @WithDefault("10")
        double data();

        /** Scored without a protected recipient, too. */
        @WithDefault("5")
        double earlyTalker();

        /** Scored without a protected recipient, too. */
        @WithDefault("5")
        double notSmtp();

        /** Scored without a protected recipient, too. */
        @WithDefault("5")
        double heloOurs();

        /** Scored without a protected recipient, too. */
        @WithDefault("5")
        double talksOn();

        @WithDefault("2")
        double pipelinedUnasked();

        @WithDefault("2")
        double bareNewline();

        @WithDefault("1")
        double badOrder();

        @WithDefault("2")
        double heloLies();

        @WithDefault("2")
        double authProbe();

        @WithDefault("1")
        double manyRecipients();

        @WithDefault("1")
        double noQuit();

        @WithDefault("2")
        double flood();
    }
}
