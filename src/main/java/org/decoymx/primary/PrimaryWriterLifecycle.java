package org.decoymx.primary;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.decoymx.policy.PrimaryVisits;
import org.decoymx.store.Database;
import org.decoymx.support.PeriodicJobs;
import org.decoymx.support.SteadyClock;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Starts, runs every second, and stops the writer of visits and outages. */
@ApplicationScoped
class PrimaryWriterLifecycle {
    private static final String FILE_NAME = "primary.db";
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);
    private static final int START_PRIORITY = 900;

    /** After the ledger, which still receives visits. */
    private static final int STOP_PRIORITY = 3_100;

    private final PrimaryWriter writer;
    private final PeriodicJobs jobs;

    PrimaryWriterLifecycle(
            @ConfigProperty(name = "decoy.ledger.dir") Path dir,
            PrimaryVisits visits,
            PrimaryMonitor monitor,
            PeriodicJobs jobs,
            SteadyClock clock) {
        Path file = dir.resolve(FILE_NAME);
        writer = new PrimaryWriter(new Database(file, PrimaryStore.FORMAT, clock), visits, monitor, clock);
        this.jobs = jobs;
    }

    /** Loads the database before any sender is scored. */
    void start(@Observes @Priority(START_PRIORITY) StartupEvent event) {
        writer.start();
        jobs.schedule(FILE_NAME, CHECK_INTERVAL, writer::runIfDue);
    }

    void stop(@Observes @Priority(STOP_PRIORITY) ShutdownEvent event) {
        writer.stop();
    }

    /** Why the file cannot be used; empty when it can. */
    Optional<String> storageError() {
        return writer.storageError();
    }

    /** Names of the quarantined files that still exist. */
    List<String> quarantinedFiles() {
        return writer.quarantinedFiles();
    }
}
