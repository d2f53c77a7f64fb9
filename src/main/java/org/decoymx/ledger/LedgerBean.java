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
final class LedgerBean {
    private static final String FILE = "ledger.db";

    /** What is learnt on trial, where every recipient counts, must list nobody in earnest. */
    private static final String TRIAL_FILE = "trial.db";

    private static final int NAME = 40;
    private static final int SUFFIX = 6;

    private LedgerBean() {}

    @Produces
    @Singleton
    static Ledger ledger(LedgerConfig config, Scoring scoring, Clock clock) {
        Path dir = config.ledger().dir();
        Path file = dir.resolve(config.domains().isEmpty() ? TRIAL_FILE : FILE);
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(dir);
            }
        } catch (IOException e) {
            throw new ConfigurationException("decoy.ledger.dir: cannot make '" + dir + "': " + e.getMessage()
                    + "; set a directory that the decoy may write");
        }
        return new Ledger(file, name(config.hostname().orElse("decoy")), scoring, clock);
    }

    private static Node name(String hostname) {
        String plain = hostname.replaceAll("[^A-Za-z0-9.-]", "");
        return new Node(plain.substring(0, Math.min(NAME, plain.length())) + "-"
                + UUID.randomUUID().toString().substring(0, SUFFIX));
    }
}
