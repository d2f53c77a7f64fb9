package org.decoymx.exemption;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.decoymx.ledger.Collector;
import org.decoymx.ledger.LedgerConfig;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.IpNetwork;
import org.decoymx.policy.Policy;
import org.jboss.logging.Logger;

/**
 * Networks that are never listed, by configuration, files, the administrator's word at run time, and of themselves. What
 * may change is looked at again on a thread of its own, as a disk may not answer.
 */
@Singleton
public final class ExemptionService {
    /** What {@link ExemptNetworks} knows those by that were exempted at run time. */
    public static final String RUN_TIME_SOURCE = RuntimeExemptions.SOURCE;

    private static final Logger LOG = Logger.getLogger(ExemptionService.class);
    private static final int BEFORE_LEDGER_START = 500;
    private static final String NETWORKS_KEY = "decoy.exempt.networks";
    private static final String RUN_TIME_FILE = "exemptions.txt";
    private static final int MAX_REASON_LENGTH = 200;
    private static final long FILE_CHECK_SECONDS = 2;
    private static final long LOCAL_CHECK_SECONDS = 60;
    private static final Duration STALL_TIMEOUT = Duration.ofSeconds(30);

    private final ExemptConfig config;
    private final boolean trial;
    private final ExemptNetworks exempt;
    private final Collector collector;
    private final Clock clock;
    private final LocalNetworks localNetworks;
    private final NetworkFiles files;
    private final RuntimeExemptions runtimeExemptions;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(ExemptionService::daemonThread);
    private volatile Instant lastCheckAt;
    private String lastError = "";

    ExemptionService(
            ExemptConfig config,
            LedgerConfig ledger,
            Policy policy,
            ExemptNetworks exempt,
            Collector collector,
            Clock clock) {
        this.config = config;
        trial = policy.settings().isTrial();
        this.exempt = exempt;
        this.collector = collector;
        this.clock = clock;
        localNetworks = new LocalNetworks(exempt);
        files = new NetworkFiles(config.files().orElse(List.of()), exempt);
        runtimeExemptions = new RuntimeExemptions(
                new RuntimeExemptionFile(ledger.ledger().dir().resolve(RUN_TIME_FILE)), exempt, clock);
        lastCheckAt = clock.instant();
    }

    private static Thread daemonThread(Runnable work) {
        Thread thread = new Thread(work, "exemptions");
        thread.setDaemon(true);
        return thread;
    }

    /** All are known before the ledger tells who is listed. */
    void start(@Observes @Priority(BEFORE_LEDGER_START) StartupEvent event) {
        exempt.replaceSource(
                NETWORKS_KEY,
                config.networks().orElse(List.of()).stream()
                        .map(ExemptionService::parseConfigured)
                        .toList());
        if (!trial) {
            localNetworks.publishAll();
        }
        files.readAll();
        try {
            runtimeExemptions.load();
        } catch (IOException e) {
            throw new ConfigurationException("decoy.ledger.dir: " + runtimeExemptions.fileName() + " cannot be read: "
                    + PrintableText.describe(e) + "; make it readable, as it names who is never listed");
        }
        schedule(FILE_CHECK_SECONDS, files::reloadChanged);
        schedule(FILE_CHECK_SECONDS, runtimeExemptions::retryWrite);
        if (!trial) {
            schedule(LOCAL_CHECK_SECONDS, localNetworks::refresh);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        thread.shutdown();
    }

    private static Exemption parseConfigured(String network) {
        try {
            NetworkLine said = NetworkLine.parse(network.strip(), "");
            return new Exemption(said.network(), said.exempt(), "named in " + NETWORKS_KEY);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(NETWORKS_KEY + ": " + e.getMessage());
        }
    }

    private void schedule(long seconds, BooleanSupplier look) {
        var unused = thread.scheduleWithFixedDelay(() -> runCheck(look), seconds, seconds, TimeUnit.SECONDS);
    }

    /** Whatever goes wrong, the next look comes. */
    private void runCheck(BooleanSupplier look) {
        try {
            if (look.getAsBoolean()) {
                collector.reevaluateListed();
            }
            lastCheckAt = clock.instant();
            lastError = "";
        } catch (Throwable e) {
            if (!lastError.equals(e.toString())) {
                lastError = e.toString();
                LOG.errorf(e, "the exemptions could not be looked at");
            }
        }
    }

    /**
     * What came of exempting a network.
     *
     * @param created whether it was not exempt at run time before
     */
    public record ExemptionChange(RuntimeExemption exemption, boolean created) {}

    /**
     * Exempts a network from now on, whether it was or not; when this returns it is on the disk.
     *
     * @param why printable, 200 chars at most
     * @throws IllegalArgumentException when the words cannot be taken; says what is allowed
     * @throws IllegalStateException when there are too many
     * @throws IOException when it cannot be written, in words; then nothing has changed
     */
    public ExemptionChange addExemption(IpNetwork network, String why) throws IOException {
        String words = why.strip();
        if (words.length() > MAX_REASON_LENGTH || !PrintableText.isPrintable(words)) {
            throw new IllegalArgumentException(
                    "The body says why, in one line of " + MAX_REASON_LENGTH + " printable characters at most");
        }
        RuntimeExemptions.UpdateResult made = runtimeExemptions.addOrUpdate(network, words);
        if (made.changed()) {
            collector.reevaluateListed();
        }
        return new ExemptionChange(made.exemption(), made.created());
    }

    /**
     * Takes back what {@link #addExemption} has done; false when it has not, for exactly this network.
     *
     * @throws IOException when it cannot be written, in words; then nothing has changed
     */
    public boolean removeExemption(IpNetwork network) throws IOException {
        boolean revoked = runtimeExemptions.remove(network);
        if (revoked) {
            collector.reevaluateListed();
        }
        return revoked;
    }

    /** What was exempted at run time, the oldest first. */
    public List<RuntimeExemption> runtimeExemptions() {
        return runtimeExemptions.all();
    }

    /** What is wrong, each in a sentence; none when all is well. */
    public List<String> problems() {
        Optional<String> standstill = lastCheckAt.isBefore(clock.instant().minus(STALL_TIMEOUT))
                ? Optional.of("the files were not looked at since " + lastCheckAt.truncatedTo(ChronoUnit.SECONDS)
                        + ": the disk does not answer, or see the log")
                : Optional.empty();
        return Stream.of(standstill.stream(), files.problems().stream(), runtimeExemptions.problem().stream())
                .flatMap(troubles -> troubles)
                .toList();
    }
}
