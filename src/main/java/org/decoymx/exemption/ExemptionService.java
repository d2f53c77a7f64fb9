package org.decoymx.exemption;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.Policy;
import org.decoymx.support.Condition;
import org.decoymx.support.FileMessages;
import org.decoymx.support.PeriodicJobs;
import org.decoymx.support.PrintableText;
import org.decoymx.support.SteadyClock;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Networks that are never listed: from configuration, from files, added at run time, and always exempt. A
 * worker thread checks for changes, because a disk may hang.
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
    private static final Duration FILE_CHECK_INTERVAL = Duration.ofSeconds(2);
    private static final Duration LOCAL_CHECK_INTERVAL = Duration.ofSeconds(60);
    private static final Duration STALL_TIMEOUT = Duration.ofSeconds(30);

    private final ExemptConfig config;
    private final boolean trial;
    private final ExemptNetworks exempt;
    private final SteadyClock clock;
    private final LocalNetworks localNetworks;
    private final NetworkFiles files;
    private final RuntimeExemptions runtimeExemptions;
    private final PeriodicJobs jobs;
    private volatile Instant lastCheckAt;
    private volatile Runnable onChange = () -> {};

    ExemptionService(
            ExemptConfig config,
            @ConfigProperty(name = "decoy.ledger.dir") Path dir,
            Policy policy,
            ExemptNetworks exempt,
            PeriodicJobs jobs,
            SteadyClock clock) {
        this.config = config;
        trial = policy.settings().isTrial();
        this.exempt = exempt;
        this.jobs = jobs;
        this.clock = clock;
        localNetworks = new LocalNetworks(exempt);
        files = new NetworkFiles(config.files().orElse(List.of()), exempt, clock);
        runtimeExemptions =
                new RuntimeExemptions(new RuntimeExemptionFile(dir.resolve(RUN_TIME_FILE), clock), exempt, clock);
        lastCheckAt = clock.durations().instant();
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
        schedule("exemption files", FILE_CHECK_INTERVAL, this::checkFiles);
        if (!trial) {
            schedule("local networks", LOCAL_CHECK_INTERVAL, localNetworks::refresh);
        }
    }

    private static Exemption parseConfigured(String network) {
        NetworkLine line = NetworkLine.parse(network.strip(), "");
        return new Exemption(line.network(), line.exempt(), "named in " + NETWORKS_KEY);
    }

    private void schedule(String name, Duration interval, Runnable check) {
        Condition condition = new Condition(clock);
        jobs.schedule(name, interval, () -> runCheck(check, condition));
    }

    /** Runs one check. It logs and survives every error. */
    private void runCheck(Runnable check, Condition condition) {
        try {
            check.run();
            condition.recover();
        } catch (Throwable e) {
            condition.fail(e.toString(), () -> LOG.errorf(e, "Exemptions could not be checked for changes"));
        }
    }

    private void checkFiles() {
        runtimeExemptions.retryWrite();
        runtimeExemptions.endExpired();
        files.reloadChanged();
        lastCheckAt = clock.durations().instant();
    }

    /**
     * Result of {@link #addExemption}.
     *
     * @param created false when it replaced an exemption of the same network
     */
    public record ExemptionChange(RuntimeExemption exemption, boolean created) {}

    /**
     * Exempts a network, or changes the reason and the end of an exemption. On return the change is on disk.
     *
     * @param reason printable, at most 200 chars
     * @param until when it ends by itself, within 2 seconds; null for never
     * @throws IllegalArgumentException when the reason is not valid; the message says what is allowed
     * @throws IllegalStateException when the limit of exemptions is reached
     * @throws IOException when the file cannot be written; the message says why, and nothing has changed
     */
    public ExemptionChange addExemption(IpPrefix network, String reason, @Nullable Instant until) throws IOException {
        String text = reason.strip();
        if (text.length() > MAX_REASON_LENGTH || !PrintableText.isPrintable(text)) {
            throw new IllegalArgumentException(
                    "The body is the reason: one line of at most " + MAX_REASON_LENGTH + " printable characters");
        }
        RuntimeExemptions.UpdateResult result = runtimeExemptions.addOrUpdate(network, text, until);
        onChange.run();
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
            onChange.run();
        }
        return removed;
    }

    /**
     * Shares the exemptions with other nodes from now on.
     *
     * @param listener called after each change at this node; must not block
     */
    public void share(Runnable listener) {
        runtimeExemptions.share();
        onChange = listener;
    }

    /** All exemptions at run time with their latest changes, and those that were removed; {@code node} is this node. */
    public List<SharedExemption> shared(String node) {
        return runtimeExemptions.shared(node);
    }

    /**
     * Takes over the changes of other nodes that are later than those known.
     *
     * @param node this node
     * @throws IOException when the file cannot be written; the message says why, and nothing has changed
     */
    public void merge(Collection<SharedExemption> changes, String node) throws IOException {
        runtimeExemptions.merge(changes, node);
    }

    /** Exemptions added at run time, oldest first. */
    public List<RuntimeExemption> runtimeExemptions() {
        return runtimeExemptions.all();
    }

    /** Current problems, one message each; empty when there are none. */
    public List<String> problems() {
        Optional<String> stall = lastCheckAt.isBefore(
                        clock.durations().instant().minus(STALL_TIMEOUT))
                ? Optional.of("the files have not been checked since " + lastCheckAt.truncatedTo(ChronoUnit.SECONDS)
                        + ": the disk may be hanging, or see the log")
                : Optional.empty();
        return Stream.of(stall.stream(), files.problems().stream(), runtimeExemptions.problem().stream())
                .flatMap(problems -> problems)
                .toList();
    }
}
