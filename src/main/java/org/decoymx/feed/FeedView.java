package org.decoymx.feed;

import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/** What a body is made of: the part of a listing that a reader asked for. */
class FeedView {
    private final Blocklist listing;
    private final FeedFilter filter;
    private final Instant renderedAt;

    /**
     * @param made the present second
     */
    FeedView(Blocklist listing, FeedFilter selection, Instant made) {
        this.listing = listing;
        this.filter = selection;
        this.renderedAt = made;
    }

    /** The whole listing, for its version, time and mode. */
    Blocklist listing() {
        return listing;
    }

    /** When the body is made; only for a format that has {@link FeedFormat#fresh} bound. */
    Instant renderedAt() {
        return renderedAt;
    }

    /** Whether a family was asked for. */
    boolean includes(boolean v6) {
        return filter.family().includes(v6);
    }

    /** The entries of a family by number, none of which overlap; none when it was not asked for. */
    Iterable<BlocklistEntry> entries(boolean v6) {
        return includes(v6) ? () -> filteredEntries(v6) : List.of();
    }

    private Iterator<BlocklistEntry> filteredEntries(boolean v6) {
        Iterator<BlocklistEntry> all = listing.entries(v6).iterator();
        Iterator<BlocklistEntry> some = filter.minPoints() == 0
                ? all
                : stream(listing.entries(v6))
                        .filter(entry -> entry.points() >= filter.minPoints())
                        .iterator();
        return filter.aggregate() ? new NetworkMergeIterator(some) : some;
    }

    /** All entries: of IPv4, then of IPv6. */
    Iterable<BlocklistEntry> entries() {
        return () ->
                Stream.concat(stream(entries(false)), stream(entries(true))).iterator();
    }

    private static Stream<BlocklistEntry> stream(Iterable<BlocklistEntry> entries) {
        return StreamSupport.stream(entries.spliterator(), false);
    }

    /** How many entries there are. */
    long size() {
        return filter.matchesAll() ? listing.size() : stream(entries()).count();
    }
}
