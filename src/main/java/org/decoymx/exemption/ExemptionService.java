package org.decoymx.exemption;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.Policy;
import org.decoymx.support.Condition;
import org.decoymx.support.FileMessages;
import org.decoymx.support.PeriodicJobs;
import org.decoymx.support.StartOrder;
import org.decoymx.support.SteadyClock;
import org.jboss.logging.Logger;

/**
 * Reads the networks that are never listed: from configuration, from files, added at run time, and always exempt. A
 * worker thread checks for changes, because a disk may hang.
 */
@Singleton
final class ExemptionService {
    private static final Logger LOG = Logger.getLogger(ExemptionService.class);
    private static final String NETWORKS_KEY = "decoy.exempt.networks";
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

    ExemptionService(
            ExemptConfig config,
            Policy policy,
            ExemptNetworks exempt,
            RuntimeExemptions runtimeExemptions,
            PeriodicJobs jobs,
            SteadyClock clock) {
        this.config = config;
        trial = policy.settings().isTrial();
        this.exempt = exempt;
        this.jobs = jobs;
        this.clock = clock;
        localNetworks = new LocalNetworks(exempt);
        files = new NetworkFiles(config.files().orElse(List.of()), exempt, clock);
        this.runtimeExemptions = runtimeExemptions;
        lastCheckAt = clock.durations().instant();
    }

    /** Publishes all exemptions before the ledger publishes the listed senders. */
    void start(@Observes @Priority(StartOrder.PROTECTIONS) StartupEvent event) {
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

    /** Current problems, one message each; empty when there are none. */
    List<String> problems() {
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
