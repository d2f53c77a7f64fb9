package org.decoymx.ledger;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.decoymx.support.PeriodicJobs;

/** Checks the file of the ledger ten minutes after the start, and then every day, while everything is in memory. */
@ApplicationScoped
class LedgerCheck {
    private static final Duration INTERVAL = Duration.ofMinutes(10);
    private static final long RUNS_OF_A_DAY = Duration.ofDays(1).dividedBy(INTERVAL);
    private static final int AFTER_LEDGER_START = 1_100;

    private final SenderLedger ledger;
    private final PeriodicJobs jobs;
    private long runs;

    LedgerCheck(SenderLedger ledger, PeriodicJobs jobs) {
        this.ledger = ledger;
        this.jobs = jobs;
    }

    void start(@Observes @Priority(AFTER_LEDGER_START) StartupEvent event) {
        jobs.schedule("ledger check", INTERVAL, this::run);
    }

    /** The first run is at once. */
    private void run() {
        if (runs++ % RUNS_OF_A_DAY == 1) {
            ledger.storage().check();
        }
    }
}
