package org.decoymx.policy;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.decoymx.support.Format;
import org.decoymx.support.MaxElements;
import org.decoymx.support.Range;
import org.decoymx.support.ReadableFileFormat;

/** Configuration of the policy. */
@ConfigMapping(prefix = "decoy")
public interface PolicyConfig {

    /** Protected domains. If it is not set, the decoy is in trial mode. */
    Optional<List<String>> domains();

    /** The host name of the decoy, which explanations name. */
    Optional<String> hostname();

    PolicySection policy();

    ExchangePolicySection exchange();

    /** Keys below {@code decoy.exchange} that concern the policy. */
    interface ExchangePolicySection {
        /** A sender that fewer nodes caught is not listed, unless by hand. */
        @Range(min = "1", max = "1000")
        @WithDefault("1")
        int minNodes();
    }

    /** Keys below {@code decoy.policy}. */
    interface PolicySection {
        /** {@code enforce}: listed senders are published; {@code observe}: the feeds stay empty. */
        @Format(ModeFormat.class)
        @WithDefault("enforce")
        String mode();

        /** Points at which a sender is listed. */
        @Range(min = "0.1", max = "1000")
        @WithDefault("10")
        double threshold();

        /** Half-life of the points. */
        @Range(min = "1s", max = "3650d")
        @WithDefault("24h")
        Duration halfLife();

        /** How long a sender is a suspect; a confirmed one is listed twice as long, and longer with each relapse. */
        @Range(min = "1s", max = "3650d")
        @WithDefault("24h")
        Duration ttl();

        /** Maximum duration of a listing. */
        @Range(min = "1s", max = "3650d")
        @WithDefault("30d")
        Duration maxTtl();

        /** This long after a listing ended, and without new points, earlier listings no longer count. */
        @Range(min = "1s", max = "3650d")
        @WithDefault("30d")
        Duration forgiveAfter();

        /** The same envelope again this long after it was first put off, or later, shows a queue. */
        @Range(min = "1s", max = "30d")
        @WithDefault("5m")
        Duration retryAfter();

        /** The same envelope again this long after it was last seen, or sooner, is still the same delivery. */
        @Range(min = "1s", max = "30d")
        @WithDefault("5h")
        Duration retryUntil();

        /** An envelope that did not come again for this long is abandoned. */
        @Range(min = "1s", max = "30d")
        @WithDefault("12h")
        Duration abandonedAfter();

        /** A sender that retried at a primary MX is not listed for this long at first. */
        @Range(min = "1s", max = "3650d")
        @WithDefault("24h")
        Duration clearedFirst();

        /** A sender that retried several messages at a primary MX is not listed for this long. */
        @Range(min = "1s", max = "3650d")
        @WithDefault("36d")
        Duration clearedFor();

        /** Mail that was deferred at a primary MX is accepted this long after it, or later. */
        @Range(min = "1s", max = "30d")
        @WithDefault("1h")
        Duration primaryRetryAfter();

        /** Names in MX records that are decoys, besides {@code decoy.hostname}. */
        @Format(DecoyHostFormat.class)
        @MaxElements(100)
        Optional<List<String>> decoyHosts();

        /** Whether only those recipients count of whose domain DNS says that the decoy is the worst MX. */
        @WithDefault("true")
        boolean requireMx();

        /** A sender whose mail a primary MX accepted on this many of 36 days is not caught; 0 turns this off. */
        @Range(min = "0", max = "36")
        @WithDefault("5")
        int knownDays();

        /** A file with the key of the envelope hashes, to share it among decoys; else the ledger has one. */
        @Format(ReadableFileFormat.class)
        Optional<Path> envelopeKeyFile();

        /** The last line of each explanation, and of replies where it fits; {@code {address}} and {@code {tier}}. */
        @Format(ExplainTemplateFormat.class)
        Optional<String> explainTemplate();

        /** An IPv4 /24 with this many listed addresses is listed as a whole; 0 turns this off. */
        @Range(min = "2", max = "256", orZero = true)
        @WithDefault("0")
        int widenAt();

        PointsSection points();
    }

    /** The points of a complete conversation, and of each trait. */
    interface PointsSection {
        /** For a complete conversation for a protected recipient. */
        @Range(min = "0", max = "1000")
        @WithDefault("10")
        double data();

        @Range(min = "0", max = "1000")
        @WithDefault("5")
        double earlyTalker();

        @Range(min = "0", max = "1000")
        @WithDefault("5")
        double heloOurs();

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
