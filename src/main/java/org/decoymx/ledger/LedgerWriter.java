package org.decoymx.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SkipReason;
import org.decoymx.sighting.Sighting;
import org.decoymx.store.StorageException;
import org.decoymx.support.Condition;
import org.decoymx.support.SteadyClock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The only thread that writes the ledger. Every 200 ms it commits the queued sightings, notifies the listener of the
 * changed senders, and deletes a batch of expired senders.
 */
final class LedgerWriter {
    private static final Logger LOG = Logger.getLogger(LedgerWriter.class);
    private static final long COMMIT_INTERVAL_MILLIS = 200;
    private static final long SHUTDOWN_TIMEOUT_SECONDS = 5;
    private static final int QUEUE_CAPACITY = 50_000;

    private final SenderLedger ledger;
    private final SenderRetention retention;
    private final SteadyClock clock;
    private final SenderAnnouncer announcer;
    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "ledger"));
    private final BlockingQueue<Sighting> queue = new ArrayBlockingQueue<>(QUEUE_CAPACITY);
    private final LongAdder lost = new LongAdder();
    private @Nullable Future<?> periodicTask;
    private final Condition condition;
    private volatile Instant lastRunAt;

    /** Does not start the thread yet. {@code commitListener} gets the changed senders after each commit. */
    LedgerWriter(
            SenderLedger ledger,
            SenderRetention retention,
            SteadyClock clock,
            Consumer<Collection<Sender>> commitListener) {
        this.ledger = ledger;
        this.retention = retention;
        this.clock = clock;
        condition = new Condition(clock);
        announcer = new SenderAnnouncer(ledger, clock, commitListener);
        lastRunAt = clock.durations().instant();
    }

    /**
     * Opens the ledger and starts the periodic task.
     *
     * @throws StorageException if another process has locked the ledger, or a new file cannot be created
     */
    void start() throws StorageException {
        ledger.open();
        retention.requireRoom(ledger.size());
        ledger.clockCorrections().follow(clock);
        announcer.announceListed();
        periodicTask = executor.scheduleWithFixedDelay(
                this::runOnce, COMMIT_INTERVAL_MILLIS, COMMIT_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Queues a sighting; returns false if the queue is full. Thread-safe. */
    boolean enqueue(Sighting sighting) {
        boolean accepted = queue.offer(sighting);
        if (!accepted) {
            lost.increment();
        }
        return accepted;
    }

    /** The periodic task. It must not throw, because the executor would cancel it. */
    private void runOnce() {
        try {
            if (ledger.clockCorrections().follow(clock)) {
                announcer.reset();
                retention.reset();
            }
            commit();
            announcer.announceListed();
            deleteExpired();
            lastRunAt = clock.durations().instant();
            condition.recover();
        } catch (Throwable e) {
            logOnce(e);
        }
    }

    private void logOnce(Throwable e) {
        condition.fail(e.toString(), () -> LOG.errorf(e, "Cannot write the ledger"));
    }

    private void deleteExpired() {
        if (ledger.storageError().isPresent()) {
            return;
        }
        Instant now = clock.instant();
        Instant trusted = clock.retention().instant();
        announcer.announce(ledger.deleteUnchanged(retention.nextBatch(ledger.index(), now, trusted), now, trusted));
    }

    private void commit() {
        List<Sighting> batch = new ArrayList<>();
        queue.drainTo(batch);
        ledger.aggregate(batch);
        announcer.announce(ledger.commit());
    }

    /**
     * Merges records. Completes with the number of records that changed the ledger; fails with {@link StorageException}
     * if the file cannot be used.
     */
    CompletableFuture<Integer> merge(Callable<MergeResult> merge) {
        return submit(() -> {
            try {
                MergeResult result = merge.call();
                announcer.announce(result.senders());
                commit();
                ledger.storage().require();
                deleteExpired();
                return result.changedCount();
            } catch (StorageException e) {
                announcer.reset();
                throw e;
            }
        });
    }

    /** See {@link Collector#decide}. */
    CompletableFuture<Boolean> decide(IpPrefix origin, ManualDecision decision) {
        return submit(() -> {
            ledger.manual().decide(origin, decision);
            commit();
            return ledger.storageError().isEmpty();
        });
    }

    private <T> CompletableFuture<T> submit(Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        executor.execute(() -> {
            try {
                commit();
                result.complete(task.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /** Announces all listed senders again in the next run. Thread-safe. */
    void reevaluateListed() {
        announcer.reset();
    }

    /** Announces senders as if they had changed, on the writer thread, so that a later change comes after. */
    void announce(Collection<IpPrefix> origins) {
        executor.execute(() -> announcer.announceAll(origins));
    }

    /** Calls a consumer for each sender on the writer thread; delays commits. */
    CompletableFuture<Void> forEachSender(Consumer<Sender> each) {
        return CompletableFuture.runAsync(() -> ledger.index().forEachSender(each), executor);
    }

    /** Delists senders and removes their points. Thread-safe. */
    void delist(Predicate<Sender> condition, SkipReason reason) {
        change(changed -> changed.corrections().delist(condition, reason, clock.instant()));
    }

    /** Takes back what listed senders were caught with since an outage began. Thread-safe. */
    void takeBackSince(long since) {
        change(changed -> changed.corrections().takeBackSince(since, clock.instant()));
    }

    /** Changes the ledger after what is queued. The second commit makes this visible at once. Thread-safe. */
    void change(Consumer<SenderLedger> work) {
        executor.execute(() -> {
            try {
                commit();
                work.accept(ledger);
                commit();
            } catch (Throwable e) {
                logOnce(e);
            }
        });
    }

    /** Commits the queued sightings on the writer thread and closes the ledger. Does nothing if called again. */
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
                LOG.warnf(
                        "The ledger was not closed within %d s; sightings that are not committed are lost",
                        SHUTDOWN_TIMEOUT_SECONDS);
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

    /** When the thread last ran without an error, by {@link SteadyClock#durations}. */
    Instant lastRunAt() {
        return lastRunAt;
    }

    int backlog() {
        return queue.size();
    }

    /** Number of sightings that were dropped because commits were too slow or failed. */
    long lostCount() {
        return lost.sum() + ledger.aggregator().lostCount();
    }
}
