package org.decoymx.ledger;

import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.UUID;

/** Makes the ledger of the configuration. */
final class LedgerProducer {
    private static final String FILE_NAME = "ledger.db";

    /** What is learnt on trial, where every recipient counts, must list nobody in earnest. */
    private static final String TRIAL_FILE_NAME = "trial.db";

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
            throw new ConfigurationException("decoy.ledger.dir: cannot make '" + dir + "': " + e.getMessage()
                    + "; set a directory that the decoy may write");
        }
        linkSqlite();
        return new SenderLedger(file, newNode(config.hostname().orElse("decoy")), scoring, clock);
    }

    @Produces
    @Singleton
    static SenderRetention retention(LedgerConfig config) {
        int most =
                config.ledger().maxSenders().orElse((int) Math.min(DEFAULT_MAX_SENDERS, LedgerCapacity.maxSenders()));
        return new SenderRetention(config.ledger().retention(), most);
    }

    private static void linkSqlite() {
        try {
            SqliteLibrary.load();
        } catch (Exception e) {
            throw new ConfigurationException(
                    "java.io.tmpdir: SQLite's library cannot be run from '"
                            + System.getProperty("java.io.tmpdir")
                            + "'; set -Djava.io.tmpdir to a directory that may be written, on a disk that programs are run from");
        }
    }

    private static Node newNode(String hostname) {
        String plain = hostname.replaceAll("[^A-Za-z0-9.-]", "");
        return new Node(plain.substring(0, Math.min(MAX_NODE_PREFIX_LENGTH, plain.length())) + "-"
                + UUID.randomUUID().toString().substring(0, NODE_SUFFIX_LENGTH));
    }
}
