package org.decoymx.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.decoymx.ledger.LedgerStore.OriginRange;
import org.jboss.logging.Logger;

/**
 * Reads all tallies of a file. Of a large one two threads read a half each, as the calls into SQLite are most of the work;
 * it says how far it is when there are millions.
 */
final class LedgerLoader {
    private static final Logger LOG = Logger.getLogger(SenderLedger.class);
    private static final long PARALLEL_MIN_OCTETS = 8L << 20;
    private static final int BATCH_SIZE = 1_000;
    private static final long PROGRESS_INTERVAL = 1_000_000;

    private final LedgerDatabase database;
    private final SenderIndex index = new SenderIndex();
    private long rowsRead;

    LedgerLoader(LedgerDatabase file) {
        this.database = file;
    }

    /**
     * Reads them.
     *
     * @param store the file, open
     * @param shared whether it may be opened once more meanwhile
     */
    SenderIndex load(LedgerStore store, boolean shared) throws StorageException {
        if (!shared || database.path().toFile().length() < PARALLEL_MIN_OCTETS) {
            load(store, OriginRange.LOWER);
            load(store, OriginRange.UPPER);
            return index;
        }
        FutureTask<Boolean> upper = new FutureTask<>(this::loadUpper);
        new Thread(upper, "loader").start();
        try {
            load(store, OriginRange.LOWER);
        } finally {
            awaitUpper(upper);
        }
        return index;
    }

    private boolean loadUpper() throws StorageException {
        try (LedgerStore another = database.openReadOnly(false)) {
            load(another, OriginRange.UPPER);
        }
        return true;
    }

    private static void awaitUpper(Future<Boolean> upper) throws StorageException {
        try {
            upper.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StorageException why) {
                throw why;
            }
            throw new IllegalStateException("the ledger could not be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(
                    StorageException.StorageErrorKind.OTHER, "the decoy was stopped while it read the ledger");
        }
    }

    private void load(LedgerStore store, OriginRange half) throws StorageException {
        LoadBatch batch = new LoadBatch();
        store.load(half, batch);
        batch.flush();
    }

    /** What one thread has read, and the other need not wait for. */
    private final class LoadBatch implements Consumer<SenderCounts> {
        private final List<SenderCounts> tallies = new ArrayList<>(BATCH_SIZE);

        @Override
        public void accept(SenderCounts tally) {
            tallies.add(tally);
            if (tallies.size() == BATCH_SIZE) {
                flush();
            }
        }

        void flush() {
            synchronized (index) {
                tallies.forEach(index::add);
                long before = rowsRead / PROGRESS_INTERVAL;
                rowsRead += tallies.size();
                if (rowsRead / PROGRESS_INTERVAL > before) {
                    LOG.infof("%d senders read", rowsRead);
                }
            }
            tallies.clear();
        }
    }
}
