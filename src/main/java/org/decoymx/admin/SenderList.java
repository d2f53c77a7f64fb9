package org.decoymx.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import it.unimi.dsi.fastutil.longs.LongHeapPriorityQueue;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.ManualDecisions;
import org.decoymx.policy.Sender;

/**
 * The listed senders, newest first, a page at a time. It reads a snapshot of the list, so that the ledger goes on
 * writing. A list of a million entries takes some tenths of a second, so only one request is computed at a time.
 */
final class SenderList {
    /** Maximum number of entries of a page. */
    static final int MAX_PAGE_SIZE = 1_000;

    private static final int INDEX_BITS = 31;
    private static final long INDEX_MASK = (1L << INDEX_BITS) - 1;

    private final Function<IpPrefix, Optional<Sender>> senders;
    private final ManualDecisions decisions;

    /** Finds the details of the senders on a page by a function. */
    SenderList(Function<IpPrefix, Optional<Sender>> senders, ManualDecisions decisions) {
        this.senders = senders;
        this.decisions = decisions;
    }

    /**
     * A listed sender.
     *
     * @param address or network
     * @param reasons one sentence
     * @param conversations how often it got as far as the 451; 0 for a network
     */
    public record ListedSender(
            String address, String tier, Instant since, Instant until, String reasons, long conversations) {

        /** Whether there is a report on it: not on an IPv4 network. */
        public boolean hasPage() {
            return address.indexOf('/') < 0 || address.indexOf(':') >= 0;
        }
    }

    /**
     * A page of the list.
     *
     * @param asOf of the snapshot
     * @param published whether these are in the feeds; in observe mode they are not
     * @param total number of all entries that match
     * @param page from 1
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SenderPage(
            Instant asOf, boolean published, int total, int page, int size, List<ListedSender> senders) {

        /** The number of pages. */
        public int pages() {
            return (total + size - 1) / size;
        }
    }

    /**
     * The entries that match. Of these, only the newest up to the end of the page are kept while it looks at all, with
     * the oldest of them first; at the end the oldest ones are the page.
     */
    synchronized SenderPage find(Blocklist snapshot, SenderQuery query) {
        Predicate<BlocklistEntry> matches = query.filter(decisions);
        long from = (query.page() - 1L) * query.size();
        LongHeapPriorityQueue newest = new LongHeapPriorityQueue();
        int total = 0;
        for (int index = 0; index < snapshot.size(); index++) {
            BlocklistEntry entry = snapshot.entryAt(index);
            if (matches.test(entry)) {
                total++;
                // of the same second, those with the lower addresses are first
                long rank = entry.since() << INDEX_BITS | INDEX_MASK - index;
                if (newest.size() < from + query.size()) {
                    newest.enqueue(rank);
                } else if (rank > newest.firstLong()) {
                    newest.dequeueLong();
                    newest.enqueue(rank);
                }
            }
        }
        Deque<ListedSender> page = new ArrayDeque<>();
        while (newest.size() > from) {
            page.addFirst(describe(snapshot.entryAt((int) (INDEX_MASK - (newest.dequeueLong() & INDEX_MASK)))));
        }
        return new SenderPage(
                snapshot.modified(), !snapshot.isObserveOnly(), total, query.page(), query.size(), List.copyOf(page));
    }

    private ListedSender describe(BlocklistEntry entry) {
        IpPrefix origin = entry.network();
        boolean network = !entry.v6() && !entry.isAddress();
        ManualDecision decision = network ? null : decisions.find(origin);
        String reasons = decision != null && decision.at() == entry.since()
                ? "It was listed by hand" + (decision.reason().isEmpty() ? "." : ": " + decision.reason())
                : entry.reasons().get(0);
        return new ListedSender(
                entry.text(),
                entry.tier().text(),
                Instant.ofEpochSecond(entry.since()),
                Instant.ofEpochSecond(entry.until()),
                network ? "Several of its addresses are listed." : reasons,
                network ? 0 : senders.apply(origin).map(Sender::conversations).orElse(0L));
    }
}
