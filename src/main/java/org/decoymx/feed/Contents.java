package org.decoymx.feed;

import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.decoymx.blocklist.Listing;
import org.decoymx.blocklist.Listing.Entry;

/** What a body is made of: the part of a listing that a reader asked for. */
class Contents {
    private final Listing listing;
    private final Selection selection;
    private final Instant made;

    /**
     * @param made the present second
     */
    Contents(Listing listing, Selection selection, Instant made) {
        this.listing = listing;
        this.selection = selection;
        this.made = made;
    }

    /** The whole listing, for its version, time and mode. */
    Listing listing() {
        return listing;
    }

    /** When the body is made; only for a format that has {@link Format#fresh} bound. */
    Instant made() {
        return made;
    }

    /** Whether a family was asked for. */
    boolean has(boolean v6) {
        return selection.family().has(v6);
    }

    /** The entries of a family by number, none of which overlap; none when it was not asked for. */
    Iterable<Entry> entries(boolean v6) {
        return has(v6) ? () -> iterator(v6) : List.of();
    }

    private Iterator<Entry> iterator(boolean v6) {
        Iterator<Entry> all = listing.entries(v6).iterator();
        Iterator<Entry> some = selection.minPoints() == 0
                ? all
                : stream(listing.entries(v6))
                        .filter(entry -> entry.points() >= selection.minPoints())
                        .iterator();
        return selection.aggregate() ? new Aggregation(some) : some;
    }

    /** All entries: of IPv4, then of IPv6. */
    Iterable<Entry> entries() {
        return () ->
                Stream.concat(stream(entries(false)), stream(entries(true))).iterator();
    }

    private static Stream<Entry> stream(Iterable<Entry> entries) {
        return StreamSupport.stream(entries.spliterator(), false);
    }

    /** How many entries there are. */
    long size() {
        return selection.isAll() ? listing.size() : stream(entries()).count();
    }
}
