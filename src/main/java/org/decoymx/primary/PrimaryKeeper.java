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
import org.decoymx.ledger.Fault;
import org.decoymx.ledger.Fault.Kind;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps on the disk what is known of the primary MX. There is no file and no thread until there is something to write.
 * While it cannot be written all goes on in memory, and is written later.
 */
final class PrimaryKeeper {
    private static final Logger LOG = Logger.getLogger(PrimaryKeeper.class);
    private static final int BATCH = 50_000;
    private static final long PATIENCE_SECONDS = 5;
    private static final long IDLE_SECONDS = 30;
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LAST_GOOD = Duration.ofMinutes(5);

    private final PrimaryFile file;
    private final Witnesses witnesses;
    private final Outage outage;
    private final Clock clock;
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            0, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> new Thread(work, "primary"));
    private final AtomicBoolean busy = new AtomicBoolean();
    private @Nullable PrimaryStore store;
    private boolean loaded;
    private long savedVersion;
    private long complainedOf;
    private Instant complained = Instant.EPOCH;
    private volatile Instant saved = Instant.EPOCH;
    private volatile Instant pruned;
    private volatile Instant rest = Instant.EPOCH;
    private volatile long seenVersion;
    private volatile @Nullable Fault fault;

    PrimaryKeeper(PrimaryFile file, Witnesses witnesses, Outage outage, Clock clock) {
        this.file = file;
        this.witnesses = witnesses;
        this.outage = outage;
        this.clock = clock;
        pruned = clock.instant();
    }

    /** Reads what was kept, where there is something. */
    void start() {
        if (file.exists()) {
            turn();
        } else {
            loaded = true;
        }
        pruned = clock.instant();
        witnesses.forget(pruned);
    }

    /** Has a turn made, where there is something to do. Never waits; any one thread, every second. */
    void tick() {
        Instant now = clock.instant();
        if (thread.isShutdown() || !isDue(now) || !busy.compareAndSet(false, true)) {
            return;
        }
        thread.execute(() -> {
            try {
                turn();
            } finally {
                busy.set(false);
            }
        });
    }

    private boolean isDue(Instant now) {
        boolean resting = now.isBefore(rest) && now.isAfter(rest.minus(HOUR));
        return !resting && (witnesses.hasChanges() || fault != null || isOutageDue(now))
                || now.isAfter(pruned.plus(HOUR)) && witnesses.size() > 0;
    }

    private boolean isOutageDue(Instant now) {
        return outage.version() != seenVersion
                || !outage.hosts().isEmpty() && (now.isAfter(saved.plus(LAST_GOOD)) || now.isBefore(saved));
    }

    /** Reads what is to be read and writes what is to be written; whatever goes wrong, the next turn comes. */
    synchronized void turn() {
        try {
            prune();
            try {
                save();
            } catch (Fault why) {
                close();
                if (why.kind() != Kind.CORRUPT) {
                    throw why;
                }
                file.setAside(why);
                loaded = true;
                writeAllAnew();
                save();
            }
            recovered();
        } catch (Fault why) {
            close();
            failed(why);
        } catch (RuntimeException e) {
            close();
            failed(new Fault(Kind.OTHER, file.path() + " cannot be used: " + e));
        }
    }

    private void prune() {
        Instant now = clock.instant();
        if (now.isAfter(pruned.plus(HOUR)) || now.isBefore(pruned)) {
            pruned = now;
            witnesses.forget(now);
        }
        long gone = witnesses.crowdedOut();
        if (gone != complainedOf && now.isAfter(complained.plus(HOUR))) {
            LOG.warnf(
                    "too many witnesses: %d addresses and networks, unseen for longest, are forgotten",
                    gone - complainedOf);
            complainedOf = gone;
            complained = now;
        }
    }

    private void save() throws Fault {
        if (store != null && file.isAnother()) {
            LOG.warnf("%s was moved away or replaced; all that is known is written anew", file.path());
            close();
            loaded = !file.exists();
            writeAllAnew();
        }
        boolean more = true;
        while (more) {
            PrimaryStore open = open();
            Instant now = clock.instant();
            long version = outage.version();
            boolean due = version != savedVersion || isOutageDue(now);
            Witnesses.Changes changes = witnesses.take(BATCH);
            if (changes.isEmpty() && !due) {
                return;
            }
            save(open, changes, due ? outage.state() : null);
            savedVersion = version;
            seenVersion = version;
            saved = due ? now : saved;
            more = witnesses.hasChanges();
        }
    }

    private void save(PrimaryStore open, Witnesses.Changes changes, Outage.@Nullable State state) throws Fault {
        boolean done = false;
        try {
            open.save(changes, state);
            done = true;
        } finally {
            if (!done) {
                witnesses.giveBack(changes);
            }
        }
    }

    private PrimaryStore open() throws Fault {
        PrimaryStore open = store;
        if (open == null) {
            open = file.open();
            store = open;
        }
        if (!loaded) {
            open.load(witnesses);
            outage.restore(open.loadOutage(), clock.instant());
            loaded = true;
            LOG.infof("%s: %d addresses were seen at a primary MX", file.path(), witnesses.size());
        }
        return open;
    }

    private void writeAllAnew() {
        witnesses.touchAll();
        savedVersion = -1;
        seenVersion = -1;
    }

    private void close() {
        if (store != null) {
            store.close();
            store = null;
        }
    }

    private void failed(Fault why) {
        Fault before = fault;
        if (before == null || before.kind() != why.kind()) {
            LOG.errorf("%s; until then witnesses and outages are kept in memory", why.getMessage());
        }
        fault = why;
        rest = clock.instant().plus(RETRY);
    }

    private void recovered() {
        if (fault != null) {
            LOG.infof("%s is written again", file.path());
            fault = null;
        }
    }

    /** Writes the last, and ends. */
    void stop() {
        thread.execute(() -> {
            saved = Instant.EPOCH;
            if (store != null || witnesses.hasChanges() || !outage.hosts().isEmpty()) {
                turn();
            }
            close();
        });
        thread.shutdown();
        try {
            if (!thread.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the witnesses are still being written; what waits is lost");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Why the file cannot be used, for people; empty when it can. */
    Optional<String> trouble() {
        return Optional.ofNullable(fault).map(why -> String.valueOf(why.getMessage()));
    }

    /** The names of damaged files that were set aside and still lie there. */
    List<String> setAsideFiles() {
        return file.setAsideFiles();
    }
}
