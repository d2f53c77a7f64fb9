package org.decoymx.primary;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.decoymx.ledger.LedgerConfig;

/** Keeps on the disk what is known of the primary MX, every second. */
@ApplicationScoped
public class PrimaryWriterLifecycle {
    private static final String FILE_NAME = "primary.db";
    private static final long CHECK_INTERVAL_MILLIS = 1_000;
    private static final int START_PRIORITY = 900;
    private static final int STOP_PRIORITY = 2_900;

    private final PrimaryWriter writer;
    private final Vertx vertx;

    PrimaryWriterLifecycle(
            LedgerConfig config, PrimaryVisits witnesses, PrimaryMonitor outage, Vertx vertx, Clock clock) {
        writer = new PrimaryWriter(
                new PrimaryDatabase(config.ledger().dir().resolve(FILE_NAME), clock), witnesses, outage, clock);
        this.vertx = vertx;
    }

    /** All is read before anybody is judged by it. */
    void start(@Observes @Priority(START_PRIORITY) StartupEvent event) {
        writer.start();
        vertx.setPeriodic(CHECK_INTERVAL_MILLIS, timer -> writer.runIfDue());
    }

    void stop(@Observes @Priority(STOP_PRIORITY) ShutdownEvent event) {
        writer.stop();
    }

    /** Why the file cannot be used, for people; empty when it can. */
    public Optional<String> storageError() {
        return writer.storageError();
    }

    /** The names of damaged files that were set aside and still lie there. */
    public List<String> quarantinedFiles() {
        return writer.quarantinedFiles();
    }
}
