package org.decoymx.policy;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The keys of the policy. */
@ConfigMapping(prefix = "decoy")
public interface PolicyConfig {

    /** Protected domains; without any the decoy is in trial mode. */
    Optional<List<String>> domains();

    PolicySection policy();

    /** Keys of the decision. */
    interface PolicySection {
        /** Whether the feeds have whoever is listed, or nobody, to see what would be. */
        @WithDefault("enforce")
        String mode();

        /** Points at which a sender is listed. */
        @WithDefault("10")
        double threshold();

        /** After this time half of the points are left. */
        @WithDefault("24h")
        Duration halfLife();

        /** How long a sender is listed the first time; twice as long at each relapse. */
        @WithDefault("24h")
        Duration ttl();

        /** How long a sender is listed at most. */
        @WithDefault("30d")
        Duration maxTtl();

        /** So long after its time on the list, without a further point, a sender is no relapser any more. */
        @WithDefault("30d")
        Duration forgiveAfter();

        /** When so many addresses of an IPv4 /24 are listed, all of it is; 0 for never. */
        @WithDefault("0")
        int widenAt();

        PointsSection points();
    }

    /** The points of what a session shows. */
    interface PointsSection {
        /** Of naming a protected recipient, and no more: callback verifiers do so. */
        @WithDefault("2")
        double rcpt();

        /** Of a complete conversation for a protected recipient. */
        @WithDefault("10")
        double data();

        /** Whatever the recipient. */
        @WithDefault("5")
        double earlyTalker();

        /** Whatever the recipient. */
        @WithDefault("5")
        double notSmtp();

        /** Whatever the recipient. */
        @WithDefault("5")
        double heloOurs();

        /** Whatever the recipient. */
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
