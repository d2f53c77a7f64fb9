package org.decoymx.ledger;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.util.List;
import org.decoymx.store.StorageException;
import org.jspecify.annotations.Nullable;

/** Exports and imports the ledger as lines of JSON. */
@Singleton
public final class LedgerTransfer {
    private static final int PAGE_SIZE = 1_000;

    private final SenderLedger ledger;
    private final Collector collector;
    private final Clock clock;

    LedgerTransfer(SenderLedger ledger, Collector collector, Clock clock) {
        this.ledger = ledger;
        this.collector = collector;
        this.clock = clock;
    }

    /** The number of lines of an export; it changes if records are added or deleted during the export. */
    public int recordCount() {
        return ledger.size();
    }

    /**
     * Writes all records, one line each, in the text order of their origins. Closes the database before writing a page,
     * so that a slow client does not hold a read transaction open.
     *
     * @throws IOException if the stream cannot be written
     * @throws StorageException if the database cannot be read
     */
    public void exportTo(OutputStream out) throws IOException, StorageException {
        List<LedgerRecord> page = readPage(null);
        while (!page.isEmpty()) {
            LedgerRecordJson.write(page, out);
            page = readPage(page.get(page.size() - 1).counts());
        }
    }

    private List<LedgerRecord> readPage(@Nullable SenderCounts after) throws StorageException {
        try (LedgerStore store = ledger.storage().openReader()) {
            return store.pages().readPage(after, PAGE_SIZE);
        }
    }

    /** Creates an import. */
    public LedgerImport newImport() {
        return new LedgerImport(ledger, collector.writer(), clock);
    }
}
