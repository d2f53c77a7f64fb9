package org.decoymx.ledger;

import java.time.Clock;
import java.util.Optional;
import org.decoymx.store.StorageException;
import org.decoymx.support.Condition;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Why the ledger cannot be used, logged once, and when to try again. Not thread-safe, except {@link #latest}. */
final class StorageFailures {
    private static final Logger LOG = Logger.getLogger(SenderLedger.class);
    private static final int IMMEDIATE_RETRIES = 3;
    private static final int RETRY_INTERVAL = 10;

    private final Condition condition;
    private int failures;
    private int attempts;
    private volatile @Nullable StorageException latest;

    StorageFailures(Clock clock) {
        condition = new Condition(clock);
    }

    /** Records and logs an error. */
    void add(StorageException error) {
        String message = String.valueOf(error.getMessage());
        condition.fail(message, () -> LOG.errorf("Ledger unavailable, buffering in memory: %s", message));
        latest = error;
        failures++;
    }

    /** Replaces the error by a later one that follows from it. */
    void replace(StorageException error) {
        latest = error;
    }

    /** After several failures in a row, only every tenth attempt opens the file. */
    boolean isRetryDue() {
        attempts++;
        return failures < IMMEDIATE_RETRIES || attempts % RETRY_INTERVAL == 0;
    }

    /** Records that senders were written. */
    void end(int senders) {
        condition.recover(() -> LOG.infof("Ledger available again, %d buffered senders were written", senders));
        latest = null;
        failures = 0;
    }

    /** Why the file cannot be used; empty if it can. Thread-safe. */
    Optional<StorageException> latest() {
        return Optional.ofNullable(latest);
    }
}
