package org.decoymx.primary;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.decoymx.ledger.StorageException;
import org.decoymx.ledger.StorageException.StorageErrorKind;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps on the disk what is known of the primary MX. There is no file and no thread until there is something to write.
 * While it cannot be written all goes on in memory, and is written later.
 */
final class PrimaryWriter {
    private static final Logger LOG = Logger.getLogger(PrimaryWriter.class);
    private static final int BATCH_SIZE = 50_000;
    private static final long SHUTDOWN_TIMEOUT_SECONDS = 5;
    private static final long THREAD_KEEP_ALIVE_SECONDS = 30;
    private static final Duration RETRY_DELAY = Duration.ofSeconds(5);
    private static final Duration PRUNE_INTERVAL = Duration.ofHours(1);
    private static final Duration SNAPSHOT_INTERVAL = Duration.ofMinutes(5);

    private final PrimaryDatabase database;
    private final PrimaryVisits visits;
    private final PrimaryMonitor monitor;
    private final Clock clock;
    private final ThreadPoolExecutor executor = new ThreadPoolExecutor(
            0,
            1,
            THREAD_KEEP_ALIVE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> new Thread(work, "primary"));
    private final AtomicBoolean busy = new AtomicBoolean();
    private @Nullable PrimaryStore store;
    private boolean loaded;
    private long savedVersion;
    private long loggedEvictions;
    private Instant evictionsLoggedAt = Instant.EPOCH;
    private volatile Instant savedAt = Instant.EPOCH;
    private volatile Instant prunedAt;
    private volatile Instant retryAt = Instant.EPOCH;
    private volatile long seenVersion;
    private volatile @Nullable StorageException failure;

    PrimaryWriter(PrimaryDatabase file, PrimaryVisits witnesses, PrimaryMonitor outage, Clock clock) {
        this.database = file;
        this.visits = witnesses;
        this.monitor = outage;
        this.clock = clock;
        prunedAt = clock.instant();
    }

    /** Reads what was kept, where there is something. */
    void start() {
        if (database.exists()) {
            runOnce();
        } else {
            loaded = true;
        }
        prunedAt = clock.instant();
        visits.removeExpired(prunedAt);
    }

    /** Has a turn made, where there is something to do. Never waits; any one thread, every second. */
    void runIfDue() {
        Instant now = clock.instant();
        if (executor.isShutdown() || !isDue(now) || !busy.compareAndSet(false, true)) {
            return;
        }
        executor.execute(() -> {
            try {
                runOnce();
            } finally {
                busy.set(false);
            }
        });
    }

    private boolean isDue(Instant now) {
        boolean resting = now.isBefore(retryAt) && now.isAfter(retryAt.minus(PRUNE_INTERVAL));
        return !resting && (visits.hasChanges() || failure != null || isMonitorSaveDue(now))
                || now.isAfter(prunedAt.plus(PRUNE_INTERVAL)) && visits.size() > 0;
    }

    private boolean isMonitorSaveDue(Instant now) {
        return monitor.version() != seenVersion
                || !monitor.hosts().isEmpty()
                        && (now.isAfter(savedAt.plus(SNAPSHOT_INTERVAL)) || now.isBefore(savedAt));
    }

    /** Reads what is to be read and writes what is to be written; whatever goes wrong, the next turn comes. */
    synchronized void runOnce() {
        try {
            prune();
            try {
                save();
            } catch (StorageException why) {
                close();
                if (why.kind() != StorageErrorKind.CORRUPT) {
                    throw why;
                }
                database.quarantine(why);
                loaded = true;
                markAllChanged();
                save();
            }
            markRecovered();
        } catch (StorageException why) {
            close();
            markFailed(why);
        } catch (RuntimeException e) {
            close();
            markFailed(new StorageException(StorageErrorKind.OTHER, database.path() + " cannot be used: " + e));
        }
    }

    private void prune() {
        Instant now = clock.instant();
        if (now.isAfter(prunedAt.plus(PRUNE_INTERVAL)) || now.isBefore(prunedAt)) {
            prunedAt = now;
            visits.removeExpired(now);
        }
        long gone = visits.evictedCount();
        if (gone != loggedEvictions && now.isAfter(evictionsLoggedAt.plus(PRUNE_INTERVAL))) {
            LOG.warnf(
                    "too many witnesses: %d addresses and networks, unseen for longest, are forgotten",
                    gone - loggedEvictions);
            loggedEvictions = gone;
            evictionsLoggedAt = now;
        }
    }

    private void save() throws StorageException {
        if (store != null && database.isReplaced()) {
            LOG.warnf("%s was moved away or replaced; all that is known is written anew", database.path());
            close();
            loaded = !database.exists();
            markAllChanged();
        }
        boolean more = true;
        while (more) {
            PrimaryStore open = open();
            Instant now = clock.instant();
            long version = monitor.version();
            boolean due = version != savedVersion || isMonitorSaveDue(now);
            PrimaryVisits.VisitChanges changes = visits.takeChanges(BATCH_SIZE);
            if (changes.isEmpty() && !due) {
                return;
            }
            save(open, changes, due ? monitor.snapshot() : null);
            savedVersion = version;
            seenVersion = version;
            savedAt = due ? now : savedAt;
            more = visits.hasChanges();
        }
    }

    private void save(
            PrimaryStore open, PrimaryVisits.VisitChanges changes, PrimaryMonitor.@Nullable MonitorSnapshot state)
            throws StorageException {
        boolean done = false;
        try {
            open.save(changes, state);
            done = true;
        } finally {
            if (!done) {
                visits.restoreChanges(changes);
            }
        }
    }

    private PrimaryStore open() throws StorageException {
        PrimaryStore open = store;
        if (open == null) {
            open = database.open();
            store = open;
        }
        if (!loaded) {
            open.load(visits);
            monitor.restore(open.loadSnapshot(), clock.instant());
            loaded = true;
            LOG.infof("%s: %d addresses were seen at a primary MX", database.path(), visits.size());
        }
        return open;
    }

    private void markAllChanged() {
        visits.markAllChanged();
        savedVersion = -1;
        seenVersion = -1;
    }

    private void close() {
        if (store != null) {
            store.close();
            store = null;
        }
    }

    private void markFailed(StorageException why) {
        StorageException before = failure;
        if (before == null || before.kind() != why.kind()) {
            LOG.errorf("%s; until then witnesses and outages are kept in memory", why.getMessage());
        }
        failure = why;
        retryAt = clock.instant().plus(RETRY_DELAY);
    }

    private void markRecovered() {
        if (failure != null) {
            LOG.infof("%s is written again", database.path());
            failure = null;
        }
    }

    /** Writes the last, and ends. */
    void stop() {
        executor.execute(() -> {
            savedAt = Instant.EPOCH;
            if (store != null || visits.hasChanges() || !monitor.hosts().isEmpty()) {
                runOnce();
            }
            close();
        });
        executor.shutdown();
        try {
            if (!executor.awaitTermination(SHUTDOWN_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the witnesses are still being written; what waits is lost");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Why the file cannot be used, for people; empty when it can. */
    Optional<String> storageError() {
        return Optional.ofNullable(failure).map(why -> String.valueOf(why.getMessage()));
    }

    /** The names of damaged files that were set aside and still lie there. */
    List<String> quarantinedFiles() {
        return database.quarantinedFiles();
    }
}
