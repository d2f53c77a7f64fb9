package org.decoymx.exemption;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
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
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.Policy;
import org.decoymx.sighting.ProtectionMessage;
import org.decoymx.support.Condition;
import org.decoymx.support.FileMessages;
import org.decoymx.support.PrintableText;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Networks that are never listed: from configuration, from files, added at run time, and always exempt. A separate
 * thread checks for changes, because a disk may hang.
 */
@Singleton
public final class ExemptionService {
    /** Source name in {@link ExemptNetworks} of the exemptions added at run time. */
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
    private final Vertx vertx;
    private final Clock clock;
    private final LocalNetworks localNetworks;
    private final NetworkFiles files;
    private final RuntimeExemptions runtimeExemptions;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(ExemptionService::daemonThread);
    private volatile Instant lastCheckAt;
    private final Condition checks;

    ExemptionService(
            ExemptConfig config,
            @ConfigProperty(name = "decoy.ledger.dir") Path dir,
            Policy policy,
            ExemptNetworks exempt,
            Vertx vertx,
            Clock clock) {
        this.config = config;
        trial = policy.settings().isTrial();
        this.exempt = exempt;
        this.vertx = vertx;
        this.clock = clock;
        localNetworks = new LocalNetworks(exempt);
        files = new NetworkFiles(config.files().orElse(List.of()), exempt, clock);
        runtimeExemptions = new RuntimeExemptions(new RuntimeExemptionFile(dir.resolve(RUN_TIME_FILE)), exempt, clock);
        checks = new Condition(clock);
        lastCheckAt = clock.instant();
    }

    private static Thread daemonThread(Runnable work) {
        Thread thread = new Thread(work, "exemptions");
        thread.setDaemon(true);
        return thread;
    }

    /** Publishes all exemptions before the ledger publishes the listed senders. */
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
                    + FileMessages.describe(e) + "; make it readable, because it contains the run-time exemptions");
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
            NetworkLine line = NetworkLine.parse(network.strip(), "");
            return new Exemption(line.network(), line.exempt(), "named in " + NETWORKS_KEY);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(NETWORKS_KEY + ": " + e.getMessage());
        }
    }

    private void schedule(long seconds, BooleanSupplier check) {
        var unused = thread.scheduleWithFixedDelay(() -> runCheck(check), seconds, seconds, TimeUnit.SECONDS);
    }

    /** Runs one check. It logs and survives every error, because an exception would cancel the periodic task. */
    private void runCheck(BooleanSupplier check) {
        try {
            if (check.getAsBoolean()) {
                publishChange();
            }
            lastCheckAt = clock.instant();
            checks.recover();
        } catch (Throwable e) {
            checks.fail(e.toString(), () -> LOG.errorf(e, "Exemptions could not be checked for changes"));
        }
    }

    private void publishChange() {
        vertx.eventBus().publish(ProtectionMessage.EVENT_BUS_ADDRESS, new ProtectionMessage.ExemptionsChanged());
    }

    /**
     * Result of {@link #addExemption}.
     *
     * @param created false when it replaced an exemption of the same network
     */
    public record ExemptionChange(RuntimeExemption exemption, boolean created) {}

    /**
     * Exempts a network, or changes the reason of an exemption. On return the change is on disk.
     *
     * @param reason printable, at most 200 chars
     * @throws IllegalArgumentException when the reason is not valid; the message says what is allowed
     * @throws IllegalStateException when the limit of exemptions is reached
     * @throws IOException when the file cannot be written; the message says why, and nothing has changed
     */
    public ExemptionChange addExemption(IpPrefix network, String reason) throws IOException {
        String text = reason.strip();
        if (text.length() > MAX_REASON_LENGTH || !PrintableText.isPrintable(text)) {
            throw new IllegalArgumentException(
                    "The body is the reason: one line of at most " + MAX_REASON_LENGTH + " printable characters");
        }
        RuntimeExemptions.UpdateResult result = runtimeExemptions.addOrUpdate(network, text);
        if (result.changed()) {
            publishChange();
        }
        return new ExemptionChange(result.exemption(), result.created());
    }

    /**
     * Removes an exemption added at run time.
     *
     * @return false when there is none for exactly this network
     * @throws IOException when the file cannot be written; the message says why, and nothing has changed
     */
    public boolean removeExemption(IpPrefix network) throws IOException {
        boolean removed = runtimeExemptions.remove(network);
        if (removed) {
            publishChange();
        }
        return removed;
    }

    /** Exemptions added at run time, oldest first. */
    public List<RuntimeExemption> runtimeExemptions() {
        return runtimeExemptions.all();
    }

    /** Current problems, one message each; empty when there are none. */
    public List<String> problems() {
        Optional<String> stall = lastCheckAt.isBefore(clock.instant().minus(STALL_TIMEOUT))
                ? Optional.of("the files have not been checked since " + lastCheckAt.truncatedTo(ChronoUnit.SECONDS)
                        + ": the disk may be hanging, or see the log")
                : Optional.empty();
        return Stream.of(stall.stream(), files.problems().stream(), runtimeExemptions.problem().stream())
                .flatMap(problems -> problems)
                .toList();
    }
}
