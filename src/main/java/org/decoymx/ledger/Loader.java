package org.decoymx.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.decoymx.ledger.LedgerStore.Half;
import org.jboss.logging.Logger;

/**
 * Reads all tallies of a file. Of a large one two threads read a half each, as the calls into SQLite are most of the work;
 * it says how far it is when there are millions.
 */
final class Loader {
    private static final Logger LOG = Logger.getLogger(Ledger.class);
    private static final long LARGE_OCTETS = 8L << 20;
    private static final int BATCH = 1_000;
    private static final long MANY = 1_000_000;

    private final LedgerFile file;
    private final Known found = new Known();
    private long read;

    Loader(LedgerFile file) {
        this.file = file;
    }

    /**
     * Reads them.
     *
     * @param store the file, open
     * @param shared whether it may be opened once more meanwhile
     */
    Known load(LedgerStore store, boolean shared) throws Fault {
        if (!shared || file.path().toFile().length() < LARGE_OCTETS) {
            load(store, Half.LOWER);
            load(store, Half.UPPER);
            return found;
        }
        FutureTask<Boolean> upper = new FutureTask<>(this::loadUpper);
        new Thread(upper, "loader").start();
        try {
            load(store, Half.LOWER);
        } finally {
            await(upper);
        }
        return found;
    }

    private boolean loadUpper() throws Fault {
        try (LedgerStore another = file.openToRead(false)) {
            load(another, Half.UPPER);
        }
        return true;
    }

    private static void await(Future<Boolean> upper) throws Fault {
        try {
            upper.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Fault why) {
                throw why;
            }
            throw new IllegalStateException("the ledger could not be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Fault(Fault.Kind.OTHER, "the decoy was stopped while it read the ledger");
        }
    }

    private void load(LedgerStore store, Half half) throws Fault {
        Batch batch = new Batch();
        store.load(half, batch);
        batch.put();
    }

    /** What one thread has read, and the other need not wait for. */
    private final class Batch implements Consumer<Tally> {
        private final List<Tally> tallies = new ArrayList<>(BATCH);

        @Override
        public void accept(Tally tally) {
            tallies.add(tally);
            if (tallies.size() == BATCH) {
                put();
            }
        }

        void put() {
            synchronized (found) {
                tallies.forEach(found::load);
                long before = read / MANY;
                read += tallies.size();
                if (read / MANY > before) {
                    LOG.infof("%d senders read", read);
                }
            }
            tallies.clear();
        }
    }
}
