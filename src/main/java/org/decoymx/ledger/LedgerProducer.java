package org.decoymx.ledger;

import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyConfig;
import org.decoymx.sighting.EnvelopeHasher;
import org.decoymx.sighting.EnvelopeKey;
import org.decoymx.store.SqliteLibrary;
import org.decoymx.support.FileMessages;
import org.jboss.logging.Logger;

/** Creates the ledger from the configuration. */
final class LedgerProducer {
    private static final Logger LOG = Logger.getLogger(LedgerProducer.class);
    private static final String FILE_NAME = "ledger.db";

    /** Trial mode treats every recipient as protected; its listings must not be used after the trial. */
    private static final String TRIAL_FILE_NAME = "trial.db";

    private static final long DEFAULT_MAX_SENDERS = 1_000_000;
    private static final String KEY_FILE = "decoy.policy.envelope-key-file";
    private static final int MAX_NODE_PREFIX_LENGTH = 40;
    private static final int NODE_SUFFIX_LENGTH = 6;

    private LedgerProducer() {}

    @Produces
    @Singleton
    static SenderLedger ledger(
            LedgerConfig config, PolicyConfig policyConfig, Policy policy, EnvelopeHasher hasher, Clock clock) {
        Path dir = config.ledger().dir();
        Path file = dir.resolve(config.domains().isEmpty() ? TRIAL_FILE_NAME : FILE_NAME);
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(dir);
            }
        } catch (IOException e) {
            throw new ConfigurationException(
                    "decoy.ledger.dir: cannot create '" + dir + "': " + e.getMessage() + "; set a writable directory");
        }
        loadSqlite();
        EnvelopeKey key = policyConfig
                .policy()
                .envelopeKeyFile()
                .map(LedgerProducer::readKey)
                .orElse(null);
        return new SenderLedger(
                file,
                newNode(config.hostname().orElse("decoy")),
                policy,
                clock,
                new TrustPersistence(policy.trust(), hasher, key, clock),
                new SharingSettings(
                        config.exchange().servers().isPresent(),
                        config.exchange().node().map(Node::new).orElse(null)));
    }

    @Produces
    @Singleton
    static SharedLedger sharedLedger(SenderLedger ledger, Collector collector, Clock clock) {
        return new LedgerSharing(ledger, collector.writer(), clock);
    }

    private static EnvelopeKey readKey(Path file) {
        try {
            return EnvelopeKey.parse(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new ConfigurationException(KEY_FILE + ": cannot read '" + file + "': " + FileMessages.describe(e));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(KEY_FILE + ": '" + file + "': " + e.getMessage()
                    + " (example: openssl rand -hex 16 > " + file + ")");
        }
    }

    /** The ledger sets its key when it is opened. */
    @Produces
    @Singleton
    static EnvelopeHasher envelopeHasher(LedgerConfig config) {
        List<String> domains = config.domains().orElse(List.of());
        String first = domains.isEmpty() ? "" : domains.get(0);
        return new EnvelopeHasher(first.startsWith(".") ? first.substring(1) : first);
    }

    @Produces
    @Singleton
    static SenderRetention retention(LedgerConfig config) {
        int maxSenders = config.ledger().maxSenders().orElse((int)
                Math.min(DEFAULT_MAX_SENDERS, SenderRetention.maxSendersInHeap()));
        Optional<String> smallHeap = describeSmallHeap(config);
        smallHeap.ifPresent(LOG::warn);
        return new SenderRetention(config.ledger().retention(), maxSenders, smallHeap.isPresent());
    }

    /** That the heap lowers the maximum number of senders, as a message; empty if it does not. */
    static Optional<String> describeSmallHeap(LedgerConfig config) {
        long possible = SenderRetention.maxSendersInHeap();
        return possible >= DEFAULT_MAX_SENDERS || config.ledger().maxSenders().isPresent()
                ? Optional.empty()
                : Optional.of("decoy.ledger.max-senders: the heap has room for " + possible + " senders only, not for "
                        + DEFAULT_MAX_SENDERS + "; increase -Xmx, or set the key");
    }

    private static void loadSqlite() {
        try {
            SqliteLibrary.load();
        } catch (Exception e) {
            throw new ConfigurationException(
                    "java.io.tmpdir: cannot load the SQLite library from '" + System.getProperty("java.io.tmpdir")
                            + "' or the working directory; set -Djava.io.tmpdir to a writable directory on a file"
                            + " system without noexec");
        }
    }

    private static Node newNode(String hostname) {
        String hostPart = hostname.replaceAll("[^A-Za-z0-9.-]", "");
        return new Node(hostPart.substring(0, Math.min(MAX_NODE_PREFIX_LENGTH, hostPart.length())) + "-"
                + UUID.randomUUID().toString().substring(0, NODE_SUFFIX_LENGTH));
    }
}
