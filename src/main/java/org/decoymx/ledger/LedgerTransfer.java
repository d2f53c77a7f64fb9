package org.decoymx.ledger;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes the ledger out, and in, as lines of JSON. */
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

    /** How many lines an export has, give or take those that come and go meanwhile. */
    public int recordCount() {
        return ledger.size();
    }

    /**
     * Writes every entry, a line each, in the order of their origins as text. A page is read whole before it is written,
     * and nothing is held of the file meanwhile, however slow the reader.
     *
     * @throws IOException when the stream takes no more
     * @throws Fault when the file cannot be read
     */
    public void exportTo(OutputStream out) throws IOException, StorageException {
        List<LedgerRecord> page = readPage(null);
        while (!page.isEmpty()) {
            LedgerRecordJson.write(page, out);
            page = readPage(page.get(page.size() - 1).counts());
        }
    }

    private List<LedgerRecord> readPage(@Nullable SenderCounts after) throws StorageException {
        try (LedgerStore store = ledger.openReader()) {
            return store.readPage(after, PAGE_SIZE);
        }
    }

    /** A new import, not begun. */
    public LedgerImport newImport() {
        return new LedgerImport(ledger.nodes(), collector, clock);
    }
}
