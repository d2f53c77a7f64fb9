package org.decoymx.ledger;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes the ledger out, and in, as lines of JSON. */
@Singleton
public final class Transfer {
    private static final int PAGE = 1_000;

    private final Ledger ledger;
    private final Collector collector;
    private final Clock clock;

    Transfer(Ledger ledger, Collector collector, Clock clock) {
        this.ledger = ledger;
        this.collector = collector;
        this.clock = clock;
    }

    /** How many lines an export has, give or take those that come and go meanwhile. */
    public int lines() {
        return ledger.size();
    }

    /**
     * Writes every entry, a line each, in the order of their origins as text. A page is read whole before it is written,
     * and nothing is held of the file meanwhile, however slow the reader.
     *
     * @throws IOException when the stream takes no more
     * @throws Fault when the file cannot be read
     */
    public void exportTo(OutputStream out) throws IOException, Fault {
        List<Entry> page = page(null);
        while (!page.isEmpty()) {
            LedgerLine.write(page, out);
            page = page(page.get(page.size() - 1).tally());
        }
    }

    private List<Entry> page(@Nullable Tally after) throws Fault {
        try (LedgerStore store = ledger.reader()) {
            return store.page(after, PAGE);
        }
    }

    /** A new import, not begun. */
    public Import importing() {
        return new Import(ledger.nodes(), collector, clock);
    }
}
