package org.decoymx.ledger;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.decoymx.sighting.Sighting;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes the ledger: every 200 ms it commits what has come together, tells who has changed, and
 * forgets a slice of those whose time is over.
 */
final class LedgerWriter {
    private static final Logger LOG = Logger.getLogger(LedgerWriter.class);
    private static final long COMMIT_INTERVAL_MILLIS = 200;
    private static final long SHUTDOWN_TIMEOUT_SECONDS = 5;
    private static final int QUEUE_CAPACITY = 50_000;
    private static final int NOTIFY_BATCH_SIZE = 1_000;
    private static final int MAX_SIGHTINGS_PER_COMMIT = 10_000;
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(5);

    private final SenderLedger ledger;
    private final SenderRetention retention;
    private final Clock clock;
    private final Consumer<Collection<Sender>> commitListener;
    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "ledger"));
    private final BlockingQueue<Sighting> queue = new ArrayBlockingQueue<>(QUEUE_CAPACITY);
    private final LongAdder lost = new LongAdder();
    private @Nullable Future<?> periodicTask;
    private volatile boolean listedAnnounced;
    private String lastLoggedError = "";
    private volatile Instant lastRunAt;

    /**
     * A keeper that is not at work yet.
     *
     * @param changed is told, after each commit, of the senders that changed, as they are now
     */
    LedgerWriter(SenderLedger ledger, SenderRetention retention, Clock clock, Consumer<Collection<Sender>> changed) {
        this.ledger = ledger;
        this.retention = retention;
        this.clock = clock;
        this.commitListener = changed;
        lastRunAt = clock.instant();
    }

    /**
     * Opens the ledger and begins.
     *
     * @throws Fault when another process has the ledger, or there is none and none can be made
     */
    void start() throws StorageException {
        ledger.open();
        announceListed();
        periodicTask = executor.scheduleWithFixedDelay(
                this::runOnce, COMMIT_INTERVAL_MILLIS, COMMIT_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Takes a sighting; false when there is no room. Any thread. */
    boolean enqueue(Sighting sighting) {
        boolean taken = queue.offer(sighting);
        if (!taken) {
            lost.increment();
        }
        return taken;
    }

    /** A turn of the thread; whatever goes wrong, the next turn comes. */
    private void runOnce() {
        try {
            Instant now = clock.instant();
            if (now.isBefore(lastRunAt.minus(CLOCK_TOLERANCE))) {
                // what was held to be over while the clock was fast
                listedAnnounced = false;
                retention.reset();
            }
            commit();
            announceListed();
            deleteExpired();
            lastRunAt = now;
            lastLoggedError = "";
        } catch (Throwable e) {
            logOnce(e);
        }
    }

    private void logOnce(Throwable e) {
        if (!lastLoggedError.equals(e.toString())) {
            lastLoggedError = e.toString();
            LOG.errorf(e, "the ledger could not be written");
        }
    }

    private void deleteExpired() {
        if (ledger.storageError().isPresent()) {
            return;
        }
        Instant now = clock.instant();
        notifyListener(ledger.deleteUnchanged(retention.nextBatch(ledger, now), now));
    }

    private void commit() {
        List<Sighting> batch = new ArrayList<>();
        queue.drainTo(batch, MAX_SIGHTINGS_PER_COMMIT);
        ledger.aggregate(batch);
        notifyListener(ledger.commit());
    }

    private void notifyListener(Collection<Sender> senders) {
        if (!senders.isEmpty()) {
            commitListener.accept(senders);
        }
    }

    /** Tells once who is listed since before the start: at the start, or as soon as the file can be read. */
    private void announceListed() {
        if (listedAnnounced || !ledger.isLoaded()) {
            return;
        }
        listedAnnounced = true;
        List<Sender> batch = new ArrayList<>();
        ledger.forEachListed(clock.instant(), sender -> {
            batch.add(sender);
            if (batch.size() >= NOTIFY_BATCH_SIZE) {
                notifyListener(batch);
                batch.clear();
            }
        });
        notifyListener(batch);
    }

    /**
     * Takes over what was exported, in its turn between commits.
     *
     * @param entries no two of the same node and sender
     * @return how many entries changed something; fails with a {@link StorageException} when the file cannot be used
     */
    CompletableFuture<Integer> merge(Collection<LedgerRecord> entries) {
        CompletableFuture<Integer> merged = new CompletableFuture<>();
        executor.execute(() -> {
            try {
                commit();
                SenderLedger.MergeResult done = ledger.merge(entries);
                notifyListener(done.senders());
                deleteExpired();
                merged.complete(done.changedCount());
            } catch (Throwable e) {
                merged.completeExceptionally(e);
            }
        });
        return merged;
    }

    /** Has everybody who is listed told again with the next turn. Any thread. */
    void reevaluateListed() {
        listedAnnounced = false;
    }

    /** Hands every sender over, on the ledger's thread; it does nothing else meanwhile. */
    CompletableFuture<Void> forEachSender(Consumer<Sender> each) {
        return CompletableFuture.runAsync(() -> ledger.forEach(each), executor);
    }

    /** Takes senders off the list for good. Any thread. */
    void delist(Predicate<Sender> mistaken) {
        executor.execute(() -> {
            try {
                commit();
                ledger.delist(mistaken, clock.instant());
                commit();
            } catch (Throwable e) {
                logOnce(e);
            }
        });
    }

    /** Commits what has been taken, and ends; all of it on the one thread. Does nothing more when it has not begun, or has ended. */
    void stop() {
        if (executor.isShutdown()) {
            return;
        }
        if (periodicTask != null) {
            periodicTask.cancel(false);
            executor.execute(this::drainAndClose);
        }
        executor.shutdown();
        try {
            if (!executor.awaitTermination(SHUTDOWN_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the ledger is still at work; what waits is lost");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void drainAndClose() {
        try {
            while (!queue.isEmpty()) {
                commit();
            }
        } finally {
            ledger.close();
        }
    }

    /** When the latest turn was that went well. */
    Instant lastRunAt() {
        return lastRunAt;
    }

    /** How many sightings wait for the next turn. */
    int backlog() {
        return queue.size();
    }

    /** Sightings that found no room, as commits were too slow or impossible. */
    long lostCount() {
        return lost.sum() + ledger.lostCount();
    }
}
