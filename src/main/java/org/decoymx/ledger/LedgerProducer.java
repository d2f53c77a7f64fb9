package org.decoymx.ledger;

import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.eclipse.microprofile.config.ConfigProvider;

/** Creates the ledger from the configuration. */
final class LedgerProducer {
    private static final String FILE_NAME = "ledger.db";

    /** Trial mode treats every recipient as protected; its listings must not be used after the trial. */
    private static final String TRIAL_FILE_NAME = "trial.db";

    private static final Duration MIN_RETENTION = Duration.ofMinutes(1);
    private static final Duration MAX_RETENTION = Duration.ofDays(3_650);

    /** Memory of a sender, including its entry in the blocklist. */
    private static final long SENDER_OCTETS = 90;

    /** Memory of everything else. */
    private static final long BASE_OCTETS = 64L << 20;
    private static final long MIN_SENDER_CAPACITY = 10_000;
    private static final long DEFAULT_MAX_SENDERS = 1_000_000;
    private static final int MAX_NODE_PREFIX_LENGTH = 40;
    private static final int NODE_SUFFIX_LENGTH = 6;

    private LedgerProducer() {}

    @Produces
    @Singleton
    static SenderLedger ledger(LedgerConfig config, ScoringPolicy scoring, Clock clock) {
        Path dir = config.ledger().dir();
        Path file = dir.resolve(config.domains().isEmpty() ? TRIAL_FILE_NAME : FILE_NAME);
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(dir);
            }
        } catch (IOException e) {
            throw new ConfigurationException("decoy.ledger.dir: cannot create '" + dir + "': " + e.getMessage()
                    + "; set a writable directory");
        }
        loadSqlite();
        return new SenderLedger(file, newNode(config.hostname().orElse("decoy")), scoring, clock);
    }

    @Produces
    @Singleton
    static SenderRetention retention(LedgerConfig config) {
        Duration retention = config.ledger().retention();
        if (retention.compareTo(MIN_RETENTION) < 0 || retention.compareTo(MAX_RETENTION) > 0) {
            throw outOfRange("retention", "1m to 3650d");
        }
        long upperLimit =
                Math.max(MIN_SENDER_CAPACITY, (Runtime.getRuntime().maxMemory() - BASE_OCTETS) / SENDER_OCTETS);
        int maxSenders = config.ledger().maxSenders().orElse((int) Math.min(DEFAULT_MAX_SENDERS, upperLimit));
        if (maxSenders < 1 || maxSenders > upperLimit) {
            throw outOfRange("max-senders", "1 to " + upperLimit + " with this -Xmx");
        }
        return new SenderRetention(retention, maxSenders);
    }

    private static void loadSqlite() {
        try {
            SqliteLibrary.load();
        } catch (Exception e) {
            throw new ConfigurationException(
                    "java.io.tmpdir: cannot load the SQLite library from '" + System.getProperty("java.io.tmpdir")
                            + "'; set -Djava.io.tmpdir to a writable directory on a file system without noexec");
        }
    }

    private static ConfigurationException outOfRange(String key, String range) {
        String name = "decoy.ledger." + key;
        return new ConfigurationException(name + ": '"
                + ConfigProvider.getConfig().getConfigValue(name).getValue() + "' is out of range (" + range + ")");
    }

    private static Node newNode(String hostname) {
        String hostPart = hostname.replaceAll("[^A-Za-z0-9.-]", "");
        return new Node(hostPart.substring(0, Math.min(MAX_NODE_PREFIX_LENGTH, hostPart.length())) + "-"
                + UUID.randomUUID().toString().substring(0, NODE_SUFFIX_LENGTH));
    }
}
