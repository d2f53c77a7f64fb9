package org.decoymx.feed;

import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/** The entries of a blocklist that a filter selects; the input for rendering a body. */
class FeedView {
    private final Blocklist listing;
    private final FeedFilter filter;
    private final Instant renderedAt;

    /**
     * @param renderedAt the current time in whole seconds
     */
    FeedView(Blocklist listing, FeedFilter filter, Instant renderedAt) {
        this.listing = listing;
        this.filter = filter;
        this.renderedAt = renderedAt;
    }

    /** The unfiltered blocklist, for its mode and its changes. */
    Blocklist listing() {
        return listing;
    }

    /** A version since which the same entries are selected, apart from their times and points. */
    long version() {
        return listing.version(filter.tier());
    }

    /** What selects the entries. */
    FeedFilter filter() {
        return filter;
    }

    /** When the body is rendered; only for formats that limit {@link Renderable#freshnessLifetime}. */
    Instant renderedAt() {
        return renderedAt;
    }

    /** Whether the filter selects an address family. */
    boolean includes(boolean v6) {
        return filter.family().includes(v6);
    }

    /** The entries of a family in ascending order, without overlaps; empty if the filter excludes the family. */
    Iterable<BlocklistEntry> entries(boolean v6) {
        return includes(v6) ? () -> filteredEntries(v6) : List.of();
    }

    private Iterator<BlocklistEntry> filteredEntries(boolean v6) {
        Iterable<BlocklistEntry> all = listing.entries(v6, filter.tier());
        Iterator<BlocklistEntry> selected = filter.minPoints() == 0
                ? all.iterator()
                : stream(all)
                        .filter(entry -> entry.points() >= filter.minPoints())
                        .iterator();
        return filter.aggregate() ? new NetworkMergeIterator(selected) : selected;
    }

    /** All selected entries, IPv4 before IPv6. */
    Iterable<BlocklistEntry> entries() {
        return () ->
                Stream.concat(stream(entries(false)), stream(entries(true))).iterator();
    }

    private static Stream<BlocklistEntry> stream(Iterable<BlocklistEntry> entries) {
        return StreamSupport.stream(entries.spliterator(), false);
    }

    /** The number of selected entries. */
    long size() {
        return filter.isWholeTier()
                ? listing.size(filter.tier())
                : stream(entries()).count();
    }
}
