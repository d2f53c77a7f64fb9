package org.decoymx.ledger;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.decoymx.store.StorageException;
import org.decoymx.store.StorageException.StorageErrorKind;
import org.decoymx.support.Condition;
import org.decoymx.support.PeriodicJobs;
import org.decoymx.support.StartOrder;
import org.jboss.logging.Logger;

/**
 * Checks the file of the ledger ten minutes after the start, and then every day, while everything is in memory; every
 * ten minutes while it cannot be read.
 */
@Singleton
final class LedgerCheck {
    private static final Logger LOG = Logger.getLogger(SenderLedger.class);
    private static final Duration INTERVAL = Duration.ofMinutes(10);
    private static final long RUNS_OF_A_DAY = Duration.ofDays(1).dividedBy(INTERVAL);

    private final SenderLedger ledger;
    private final Condition readable;
    private long runs;

    LedgerCheck(SenderLedger ledger, Clock clock) {
        this.ledger = ledger;
        readable = new Condition(clock);
    }

    void start(@Observes @Priority(StartOrder.AFTER_LEDGER) StartupEvent event, PeriodicJobs jobs) {
        jobs.schedule("ledger check", INTERVAL, this::run);
    }

    /** The first run is at once. */
    private void run() {
        if (runs++ % RUNS_OF_A_DAY == 1 || problem().isPresent()) {
            check();
        }
    }

    /** A lock only puts the check off. */
    void check() {
        try {
            ledger.storage().check();
            readable.recover(() -> LOG.info("The ledger can be read again"));
        } catch (StorageException e) {
            String message = String.valueOf(e.getMessage());
            if (e.kind() != StorageErrorKind.BUSY) {
                readable.fail(message, () -> LOG.warnf("Cannot check the ledger: %s", message));
            }
        }
    }

    /** Why the file could not be read; empty if it could. */
    Optional<String> problem() {
        return readable.problem();
    }
}
