package org.decoymx.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongList;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
    record ListedSender(
            String address, String tier, Instant since, Instant until, String reasons, long conversations) {}

    /**
     * A page of the list.
     *
     * @param asOf of the snapshot
     * @param published whether these are in the feeds; in observe mode they are not
     * @param total number of all entries that match
     * @param page from 1
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record SenderPage(Instant asOf, boolean published, int total, int page, int size, List<ListedSender> senders) {}

    /** The entries that match. */
    synchronized SenderPage find(Blocklist snapshot, SenderQuery query) {
        Predicate<BlocklistEntry> matches = query.filter(decisions);
        LongArrayList ranks = new LongArrayList();
        int index = 0;
        for (BlocklistEntry entry : snapshot) {
            if (matches.test(entry)) {
                ranks.add((INDEX_MASK - entry.since()) << INDEX_BITS | index);
            }
            index++;
        }
        Arrays.sort(ranks.elements(), 0, ranks.size());
        int from = (int) Math.min(ranks.size(), (query.page() - 1L) * query.size());
        int to = Math.min(ranks.size(), from + query.size());
        return new SenderPage(
                snapshot.modified(),
                !snapshot.isObserveOnly(),
                ranks.size(),
                query.page(),
                query.size(),
                read(snapshot, ranks.subList(from, to)));
    }

    private List<ListedSender> read(Blocklist snapshot, LongList ranks) {
        Map<Integer, Integer> places = new HashMap<>();
        for (int place = 0; place < ranks.size(); place++) {
            places.put((int) (ranks.getLong(place) & INDEX_MASK), place);
        }
        ListedSender[] found = new ListedSender[ranks.size()];
        int index = 0;
        for (BlocklistEntry entry : snapshot) {
            Integer place = places.get(index);
            if (place != null) {
                found[place] = describe(entry);
            }
            index++;
        }
        return List.of(found);
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
                entry.tier().name().toLowerCase(Locale.ROOT),
                Instant.ofEpochSecond(entry.since()),
                Instant.ofEpochSecond(entry.until()),
                network ? "Several of its addresses are listed." : reasons,
                network ? 0 : senders.apply(origin).map(Sender::conversations).orElse(0L));
    }
}
