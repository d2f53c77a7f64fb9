package org.decoymx.primary;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.decoymx.policy.PrimaryVisits;
import org.decoymx.store.Database;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Starts, runs every second, and stops the writer of visits and outages. */
@ApplicationScoped
public class PrimaryWriterLifecycle {
    private static final String FILE_NAME = "primary.db";
    private static final long CHECK_INTERVAL_MILLIS = 1_000;
    private static final int START_PRIORITY = 900;

    /** After the ledger, which still receives visits. */
    private static final int STOP_PRIORITY = 3_100;

    private final PrimaryWriter writer;
    private final Vertx vertx;

    PrimaryWriterLifecycle(
            @ConfigProperty(name = "decoy.ledger.dir") Path dir,
            PrimaryVisits visits,
            PrimaryMonitor monitor,
            Vertx vertx,
            Clock clock) {
        Path file = dir.resolve(FILE_NAME);
        writer = new PrimaryWriter(new Database(file, PrimaryStore.FORMAT, clock), visits, monitor, clock);
        this.vertx = vertx;
    }

    /** Loads the database before any sender is scored. */
    void start(@Observes @Priority(START_PRIORITY) StartupEvent event) {
        writer.start();
        vertx.setPeriodic(CHECK_INTERVAL_MILLIS, timer -> writer.runIfDue());
    }

    void stop(@Observes @Priority(STOP_PRIORITY) ShutdownEvent event) {
        writer.stop();
    }

    /** Why the file cannot be used; empty when it can. */
    public Optional<String> storageError() {
        return writer.storageError();
    }

    /** Names of the quarantined files that still exist. */
    public List<String> quarantinedFiles() {
        return writer.quarantinedFiles();
    }
}
