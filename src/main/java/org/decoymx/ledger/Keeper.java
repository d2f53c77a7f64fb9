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
final class Keeper {
    private static final Logger LOG = Logger.getLogger(Keeper.class);
    private static final long TURN_MILLIS = 200;
    private static final long PATIENCE_SECONDS = 5;
    private static final int MAX_WAITING = 50_000;
    private static final int BATCH = 1_000;
    private static final int MOST_IN_A_TURN = 10_000;
    private static final Duration SETBACK = Duration.ofSeconds(5);

    private final Ledger ledger;
    private final Retention retention;
    private final Clock clock;
    private final Consumer<Collection<Sender>> changed;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "ledger"));
    private final BlockingQueue<Sighting> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final LongAdder lost = new LongAdder();
    private @Nullable Future<?> turns;
    private volatile boolean toldListed;
    private String complaint = "";
    private volatile Instant turned;

    /**
     * A keeper that is not at work yet.
     *
     * @param changed is told, after each commit, of the senders that changed, as they are now
     */
    Keeper(Ledger ledger, Retention retention, Clock clock, Consumer<Collection<Sender>> changed) {
        this.ledger = ledger;
        this.retention = retention;
        this.clock = clock;
        this.changed = changed;
        turned = clock.instant();
    }

    /**
     * Opens the ledger and begins.
     *
     * @throws Fault when another process has the ledger, or there is none and none can be made
     */
    void start() throws Fault {
        ledger.open();
        tellListed();
        turns = thread.scheduleWithFixedDelay(this::turn, TURN_MILLIS, TURN_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Takes a sighting; false when there is no room. Any thread. */
    boolean take(Sighting sighting) {
        boolean taken = waiting.offer(sighting);
        if (!taken) {
            lost.increment();
        }
        return taken;
    }

    /** A turn of the thread; whatever goes wrong, the next turn comes. */
    private void turn() {
        try {
            Instant now = clock.instant();
            if (now.isBefore(turned.minus(SETBACK))) {
                // what was held to be over while the clock was fast
                toldListed = false;
                retention.lookAgain();
            }
            commit();
            tellListed();
            forget();
            turned = now;
            complaint = "";
        } catch (Throwable e) {
            complain(e);
        }
    }

    private void complain(Throwable e) {
        if (!complaint.equals(e.toString())) {
            complaint = e.toString();
            LOG.errorf(e, "the ledger could not be written");
        }
    }

    private void forget() {
        if (ledger.trouble().isPresent()) {
            return;
        }
        Instant now = clock.instant();
        tell(ledger.forget(retention.slice(ledger, now), now));
    }

    private void commit() {
        List<Sighting> batch = new ArrayList<>();
        waiting.drainTo(batch, MOST_IN_A_TURN);
        ledger.fold(batch);
        tell(ledger.commit());
    }

    private void tell(Collection<Sender> senders) {
        if (!senders.isEmpty()) {
            changed.accept(senders);
        }
    }

    /** Tells once who is listed since before the start: at the start, or as soon as the file can be read. */
    private void tellListed() {
        if (toldListed || !ledger.isLoaded()) {
            return;
        }
        toldListed = true;
        List<Sender> batch = new ArrayList<>();
        ledger.forEachListed(clock.instant(), sender -> {
            batch.add(sender);
            if (batch.size() >= BATCH) {
                tell(batch);
                batch.clear();
            }
        });
        tell(batch);
    }

    /**
     * Takes over what was exported, in its turn between commits.
     *
     * @param entries no two of the same node and sender
     * @return how many entries changed something; fails with a {@link Fault} when the file cannot be used
     */
    CompletableFuture<Integer> merge(Collection<Entry> entries) {
        CompletableFuture<Integer> merged = new CompletableFuture<>();
        thread.execute(() -> {
            try {
                commit();
                Ledger.Merged done = ledger.merge(entries);
                tell(done.senders());
                forget();
                merged.complete(done.taken());
            } catch (Throwable e) {
                merged.completeExceptionally(e);
            }
        });
        return merged;
    }

    /** Has everybody who is listed told again with the next turn. Any thread. */
    void tellAgain() {
        toldListed = false;
    }

    /** Hands every sender over, on the ledger's thread; it does nothing else meanwhile. */
    CompletableFuture<Void> survey(Consumer<Sender> each) {
        return CompletableFuture.runAsync(() -> ledger.forEach(each), thread);
    }

    /** Takes senders off the list for good. Any thread. */
    void pardon(Predicate<Sender> mistaken) {
        thread.execute(() -> {
            try {
                commit();
                ledger.pardon(mistaken, clock.instant());
                commit();
            } catch (Throwable e) {
                complain(e);
            }
        });
    }

    /** Commits what has been taken, and ends; all of it on the one thread. Does nothing more when it has not begun, or has ended. */
    void stop() {
        if (thread.isShutdown()) {
            return;
        }
        if (turns != null) {
            turns.cancel(false);
            thread.execute(this::finish);
        }
        thread.shutdown();
        try {
            if (!thread.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the ledger is still at work; what waits is lost");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void finish() {
        try {
            while (!waiting.isEmpty()) {
                commit();
            }
        } finally {
            ledger.close();
        }
    }

    /** When the latest turn was that went well. */
    Instant turned() {
        return turned;
    }

    /** How many sightings wait for the next turn. */
    int backlog() {
        return waiting.size();
    }

    /** Sightings that found no room, as commits were too slow or impossible. */
    long lost() {
        return lost.sum() + ledger.lost();
    }
}
