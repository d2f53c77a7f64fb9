package org.decoymx.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.decoymx.ledger.LedgerStore.OriginRange;
import org.decoymx.store.Database;
import org.decoymx.store.StorageException;
import org.jboss.logging.Logger;

/**
 * Reads all records of a database into memory. Two threads read half of a large one each, because the calls into SQLite
 * take most of the time. Logs its progress every million records.
 */
final class LedgerLoader {
    private static final Logger LOG = Logger.getLogger(SenderLedger.class);
    private static final long PARALLEL_MIN_OCTETS = 8L << 20;
    private static final int BATCH_SIZE = 1_000;
    private static final long PROGRESS_INTERVAL = 1_000_000;

    private final Database database;
    private final SenderIndex index = new SenderIndex();
    private long rowsRead;

    LedgerLoader(Database database) {
        this.database = database;
    }

    /**
     * Reads all records.
     *
     * @param store the open database
     * @param shared whether a second connection may read at the same time
     * @throws StorageException also if a damaged key hides records, because a range ends at the first larger key
     */
    SenderIndex load(LedgerStore store, boolean shared) throws StorageException {
        loadAll(store, shared);
        store.checkCount(rowsRead);
        return index;
    }

    private void loadAll(LedgerStore store, boolean shared) throws StorageException {
        if (!shared || database.path().toFile().length() < PARALLEL_MIN_OCTETS) {
            load(store, OriginRange.LOWER);
            load(store, OriginRange.UPPER);
            return;
        }
        FutureTask<Boolean> upper = new FutureTask<>(this::loadUpper);
        new Thread(upper, "loader").start();
        try {
            load(store, OriginRange.LOWER);
        } finally {
            awaitUpper(upper);
        }
    }

    private boolean loadUpper() throws StorageException {
        try (LedgerStore reader = database.openReadOnly(false, LedgerStore::new)) {
            load(reader, OriginRange.UPPER);
        }
        return true;
    }

    private static void awaitUpper(Future<Boolean> upper) throws StorageException {
        try {
            upper.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StorageException storageException) {
                throw storageException;
            }
            throw new IllegalStateException("Cannot read the ledger", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(
                    StorageException.StorageErrorKind.OTHER, "the decoy was stopped while it was reading the ledger");
        }
    }

    private void load(LedgerStore store, OriginRange range) throws StorageException {
        LoadBatch loadBatch = new LoadBatch();
        store.load(range, loadBatch);
        loadBatch.flush();
    }

    /** Collects what one thread has read, so that the two threads seldom wait for the lock of the index. */
    private final class LoadBatch implements Consumer<SenderCounts> {
        private final List<SenderCounts> batch = new ArrayList<>(BATCH_SIZE);

        @Override
        public void accept(SenderCounts counts) {
            batch.add(counts);
            if (batch.size() == BATCH_SIZE) {
                flush();
            }
        }

        void flush() {
            synchronized (index) {
                batch.forEach(index::add);
                long previous = rowsRead / PROGRESS_INTERVAL;
                rowsRead += batch.size();
                if (rowsRead / PROGRESS_INTERVAL > previous) {
                    LOG.infof("Reading the ledger: %d senders so far", rowsRead);
                }
            }
            batch.clear();
        }
    }
}
