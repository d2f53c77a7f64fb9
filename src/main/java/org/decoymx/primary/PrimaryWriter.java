package org.decoymx.primary;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.decoymx.policy.PrimaryVisits;
import org.decoymx.store.Database;
import org.decoymx.store.DatabaseConnection;
import org.decoymx.store.StorageException;
import org.decoymx.store.StorageException.StorageErrorKind;
import org.decoymx.support.Condition;
import org.decoymx.support.SteadyClock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Saves visits and outages to the database. Creates the file only when there is something to write.
 * While the file cannot be written, changes stay in memory and are written later.
 */
final class PrimaryWriter {
    private static final Logger LOG = Logger.getLogger(PrimaryWriter.class);
    private static final int BATCH_SIZE = 50_000;
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration RETRY_DELAY = Duration.ofSeconds(5);
    private static final Duration PRUNE_INTERVAL = Duration.ofHours(1);
    private static final Duration SNAPSHOT_INTERVAL = Duration.ofMinutes(1);

    private final Database database;
    private final PrimaryVisits visits;
    private final PrimaryMonitor monitor;
    private final SteadyClock clock;
    private @Nullable PrimaryStore store;
    private boolean loaded;
    private boolean stopped;
    private long savedVersion;
    private long loggedEvictions;
    private Instant evictionsLoggedAt = Instant.EPOCH;
    private volatile Instant savedAt = Instant.EPOCH;
    private volatile Instant prunedAt;
    private volatile Instant retryAt = Instant.EPOCH;
    private volatile long seenVersion;
    private final Condition storage;

    PrimaryWriter(Database database, PrimaryVisits visits, PrimaryMonitor monitor, SteadyClock clock) {
        this.database = database;
        this.visits = visits;
        this.monitor = monitor;
        this.clock = clock;
        storage = new Condition(clock);
        prunedAt = elapsed();
    }

    /** For intervals. */
    private Instant elapsed() {
        return clock.durations().instant();
    }

    /** Loads the database when it exists. */
    void start() {
        if (database.exists()) {
            runOnce();
        } else {
            loaded = true;
        }
        prunedAt = elapsed();
        visits.removeExpired(clock.retention().instant());
    }

    /** Runs once when a run is due. Call it every second. */
    void runIfDue() {
        if (isDue(elapsed())) {
            runOnce();
        }
    }

    private boolean isDue(Instant now) {
        return !now.isBefore(retryAt)
                        && (visits.hasChanges() || storage.problem().isPresent() || isMonitorSaveDue(now))
                || now.isAfter(prunedAt.plus(PRUNE_INTERVAL)) && visits.size() > 0;
    }

    private boolean isMonitorSaveDue(Instant now) {
        return monitor.version() != seenVersion
                || !monitor.hosts().isEmpty() && now.isAfter(savedAt.plus(SNAPSHOT_INTERVAL));
    }

    /** Loads the database if needed, and writes all changes. Errors are logged and retried in the next run. */
    synchronized void runOnce() {
        if (stopped) {
            return;
        }
        try {
            prune();
            try {
                saveChanges();
            } catch (StorageException e) {
                close();
                if (e.kind() != StorageErrorKind.CORRUPT) {
                    throw e;
                }
                database.quarantine(e, loaded ? this::copyMemory : database.salvage(new PrimarySalvage()));
                markAllChanged();
                saveChanges();
            }
            storage.recover(() -> LOG.infof("%s is written again", database.path()));
        } catch (StorageException e) {
            close();
            markFailed(e);
        } catch (RuntimeException e) {
            close();
            markFailed(new StorageException(StorageErrorKind.OTHER, database.path() + " cannot be used: " + e));
        }
    }

    private void prune() {
        Instant now = elapsed();
        if (now.isAfter(prunedAt.plus(PRUNE_INTERVAL))) {
            prunedAt = now;
            visits.removeExpired(clock.retention().instant());
            if (clock.isTrusted()) {
                visits.limitTimes(clock.instant());
            }
        }
        long evicted = visits.evictedCount();
        if (evicted != loggedEvictions && now.isAfter(evictionsLoggedAt.plus(PRUNE_INTERVAL))) {
            LOG.warnf(
                    "Too many senders seen at a primary MX: evicted the %d least recent addresses and networks",
                    evicted - loggedEvictions);
            loggedEvictions = evicted;
            evictionsLoggedAt = now;
        }
    }

    private void saveChanges() throws StorageException {
        if (store != null && database.isReplaced()) {
            LOG.warnf("%s was moved away or replaced; all visits and outages are written again", database.path());
            close();
            loaded = !database.exists();
            markAllChanged();
        }
        boolean hasMore = true;
        while (hasMore) {
            PrimaryStore open = open();
            Instant now = elapsed();
            long version = monitor.version();
            boolean due = version != savedVersion || isMonitorSaveDue(now);
            PrimaryVisits.VisitChanges changes = visits.takeChanges(BATCH_SIZE);
            if (changes.isEmpty() && !due) {
                return;
            }
            try {
                open.save(changes, due ? monitor.snapshot() : null);
            } catch (StorageException | RuntimeException e) {
                visits.restoreChanges(changes);
                throw e;
            }
            savedVersion = version;
            seenVersion = version;
            savedAt = due ? now : savedAt;
            hasMore = visits.hasChanges();
        }
    }

    private PrimaryStore open() throws StorageException {
        PrimaryStore open = store;
        if (open == null) {
            open = database.open(PrimaryStore::new);
            database.rememberFileKey();
            store = open;
        }
        if (!loaded) {
            open.load(visits);
            monitor.restore(open.loadSnapshot(), clock.instant());
            loaded = true;
            LOG.infof("%s: loaded %d addresses that were seen at a primary MX", database.path(), visits.size());
        }
        return open;
    }

    /** Fills a new file before it takes its place. All is written again, as it may not get there. */
    private String copyMemory(DatabaseConnection connection) throws StorageException {
        PrimaryStore copy = new PrimaryStore(connection);
        markAllChanged();
        try {
            do {
                copy.save(visits.takeChanges(BATCH_SIZE), monitor.snapshot());
            } while (visits.hasChanges());
        } finally {
            markAllChanged();
        }
        return "all visits in memory";
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

    private void markFailed(StorageException e) {
        String problem = String.valueOf(e.getMessage());
        storage.fail(
                e.kind().name(),
                problem,
                () -> LOG.errorf("%s; until then visits and outages are kept in memory", problem));
        retryAt = elapsed().plus(RETRY_DELAY);
    }

    /** Writes the remaining changes. Gives up after a few seconds, because a disk may hang. */
    void stop() {
        Thread thread = new Thread(this::writeRemaining, "primary");
        thread.setDaemon(true);
        thread.start();
        try {
            thread.join(SHUTDOWN_TIMEOUT.toMillis());
            if (thread.isAlive()) {
                LOG.warnf("%s is still being written; unsaved visits and outages are lost", database.path());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void writeRemaining() {
        savedAt = Instant.EPOCH;
        if (store != null || visits.hasChanges() || !monitor.hosts().isEmpty()) {
            runOnce();
        }
        stopped = true;
        close();
    }

    /** Why the file cannot be used; empty when it can. */
    Optional<String> storageError() {
        return storage.problem();
    }

    /** Names of the quarantined files that still exist. */
    List<String> quarantinedFiles() {
        return database.quarantinedFiles();
    }
}
