package org.decoymx.listing;

import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.IntStream;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.Mode;

/** An immutable snapshot of who is listed, in the order of their addresses. It takes 16 octets an entry. */
public final class Listing implements Iterable<Listing.Entry> {
    private final Instant modified;
    private final Mode mode;
    private final Table v4;
    private final Table v6;

    /**
     * One listed origin, or an IPv4 /24 in the place of those in it; made when it is asked for. Times are seconds since 1970.
     *
     * @param v6 whether it is an IPv6 network
     * @param bits as {@link Origin#bits}; of a /24 those of its first address
     * @param prefix its prefix length: 32, 24, or for IPv6 64
     * @param since when it was caught
     * @param until when it will no longer be listed
     */
    public record Entry(boolean v6, long bits, int prefix, long since, long until) {

        private static Entry of(boolean v6, long key, long times) {
            return new Entry(v6, Key.bits(v6, key), Key.prefix(v6, key), Times.since(times), Times.until(times));
        }

        /** The origin, or the first one of a /24. */
        public Origin origin() {
            return new Origin(v6, bits);
        }

        /** Whether this is an address, and no network. */
        public boolean isAddress() {
            return prefix == Key.HOST;
        }

        /** As it is written: {@code 192.0.2.1}, {@code 192.0.2.0/24} or {@code 2001:db8::/64}. */
        public String text() {
            return v6 || isAddress() ? origin().toString() : origin() + "/" + prefix;
        }
    }

    /**
     * @param modified a whole second
     */
    Listing(Instant modified, Mode mode, Table v4, Table v6) {
        this.modified = modified;
        this.mode = mode;
        this.v4 = v4;
        this.v6 = v6;
    }

    /** Grows with each change, across restarts too: the second of {@link #modified} since 1970. */
    public long version() {
        return modified.getEpochSecond();
    }

    /** When the content last changed, a whole second that no two versions share. */
    public Instant modified() {
        return modified;
    }

    /** What comes of the decisions. */
    public Mode mode() {
        return mode;
    }

    /** Whether it is to be blocked by: the decoy neither is on trial nor only observes. */
    public boolean isEnforced() {
        return mode == Mode.ENFORCE;
    }

    /** Whether the decoy only observes; what is served is empty then. */
    public boolean isObserved() {
        return mode == Mode.OBSERVE;
    }

    /** How many entries there are. */
    public int size() {
        return v4.size() + v6.size();
    }

    /** The entry of an origin, or of the /24 that it lies in; empty when it is not listed. */
    public Optional<Entry> find(Origin origin) {
        Table table = origin.v6() ? v6 : v4;
        long key = Key.of(origin);
        int at = table.floor(key);
        boolean listed = at >= 0 && (table.key(at) == key || !origin.v6() && table.key(at) == Key.widened(key));
        return listed ? Optional.of(entry(origin.v6(), at)) : Optional.empty();
    }

    /** All entries: of IPv4, then of IPv6, each by number. */
    @Override
    public Iterator<Entry> iterator() {
        return IntStream.range(0, size()).mapToObj(this::entry).iterator();
    }

    private Entry entry(int index) {
        return index < v4.size() ? entry(false, index) : entry(true, index - v4.size());
    }

    private Entry entry(boolean isV6, int at) {
        Table table = isV6 ? v6 : v4;
        return Entry.of(isV6, table.key(at), table.times(at));
    }

    /** Whether these are what is listed here, whatever the times. */
    boolean hasSame(Table someV4, Table someV6) {
        return v4.hasSameKeys(someV4) && v6.hasSameKeys(someV6);
    }
}
