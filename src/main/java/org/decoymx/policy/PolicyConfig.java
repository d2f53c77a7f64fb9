package org.decoymx.policy;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.decoymx.support.Format;
import org.decoymx.support.Range;

/** The keys of the policy. */
@ConfigMapping(prefix = "decoy")
public interface PolicyConfig {

    /** Protected domains; without any the decoy is in trial mode. */
    Optional<List<String>> domains();

    PolicySection policy();

    /** Keys of the decision. */
    interface PolicySection {
        /** Whether the feeds have whoever is listed, or nobody, to see what would be. */
        @Format(ModeFormat.class)
        @WithDefault("enforce")
        String mode();

        /** Points at which a sender is listed. */
        @Range(min = "0.1", max = "1000")
        @WithDefault("10")
        double threshold();

        /** After this time half of the points are left. */
        @Range(min = "1s", max = "3650d")
        @WithDefault("24h")
        Duration halfLife();

        /** How long a sender is listed the first time; twice as long at each relapse. */
        @Range(min = "1s", max = "3650d")
        @WithDefault("24h")
        Duration ttl();

        /** How long a sender is listed at most. */
        @Range(min = "1s", max = "3650d")
        @WithDefault("30d")
        Duration maxTtl();

        /** So long after its time on the list, without a further point, a sender is no relapser any more. */
        @Range(min = "1s", max = "3650d")
        @WithDefault("30d")
        Duration forgiveAfter();

        /** When so many addresses of an IPv4 /24 are listed, all of it is; 0 for never. */
        @Range(min = "2", max = "256", orZero = true)
        @WithDefault("0")
        int widenAt();

        PointsSection points();
    }

    /** The points of what a session shows. */
    interface PointsSection {
        /** Of naming a protected recipient, and no more: callback verifiers do so. */
        @Range(min = "0", max = "1000")
        @WithDefault("2")
        double rcpt();

        /** Of a complete conversation for a protected recipient. */
        @Range(min = "0", max = "1000")
        @WithDefault("10")
        double data();

        /** Whatever the recipient. */
        @Range(min = "0", max = "1000")
        @WithDefault("5")
        double earlyTalker();

        /** Whatever the recipient. */
        @Range(min = "0", max = "1000")
        @WithDefault("5")
        double notSmtp();

        /** Whatever the recipient. */
        @Range(min = "0", max = "1000")
        @WithDefault("5")
        double heloOurs();

        /** Whatever the recipient. */
        @Range(min = "0", max = "1000")
        @WithDefault("5")
        double talksOn();

        @Range(min = "0", max = "1000")
        @WithDefault("2")
        double pipelinedUnasked();

        @Range(min = "0", max = "1000")
        @WithDefault("2")
        double bareNewline();

        @Range(min = "0", max = "1000")
        @WithDefault("1")
        double badOrder();

        @Range(min = "0", max = "1000")
        @WithDefault("2")
        double heloLies();

        @Range(min = "0", max = "1000")
        @WithDefault("2")
        double authProbe();

        @Range(min = "0", max = "1000")
        @WithDefault("1")
        double manyRecipients();

        @Range(min = "0", max = "1000")
        @WithDefault("1")
        double noQuit();

        @Range(min = "0", max = "1000")
        @WithDefault("2")
        double flood();
    }
}
