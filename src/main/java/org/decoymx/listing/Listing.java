package org.decoymx.listing;

import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.IntStream;
import org.decoymx.ledger.Origin;

/** An immutable snapshot of who is listed, in the order of their origins. It takes 16 octets an origin. */
public final class Listing implements Iterable<Listing.Entry> {
    private final Instant modified;
    private final boolean trial;
    private final Table v4;
    private final Table v6;

    /**
     * One listed origin, made when it is asked for. Times are seconds since 1970.
     *
     * @param v6 whether it is an IPv6 network
     * @param bits as {@link Origin#bits}
     * @param since when it was caught
     * @param until when it will no longer be listed
     */
    public record Entry(boolean v6, long bits, long since, long until) {

        private static Entry of(boolean v6, long bits, long times) {
            return new Entry(v6, bits, Times.since(times), Times.until(times));
        }

        /** Whether it stands for a whole network of addresses. */
        public boolean isWidened() {
            return false;
        }

        public Origin origin() {
            return new Origin(v6, bits);
        }

        /** The origin as it is written: {@code 192.0.2.1} or {@code 2001:db8::/64}. */
        public String text() {
            return origin().toString();
        }
    }

    /**
     * @param modified a whole second
     */
    Listing(Instant modified, boolean trial, Table v4, Table v6) {
        this.modified = modified;
        this.trial = trial;
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

    /** Whether the decoy is on trial. */
    public boolean trial() {
        return trial;
    }

    /** How many are listed. */
    public int size() {
        return v4.size() + v6.size();
    }

    /** The entry of an origin; empty when it is not listed. */
    public Optional<Entry> find(Origin origin) {
        long times = (origin.v6() ? v6 : v4).find(Table.flip(origin.bits()));
        return times == Times.NONE ? Optional.empty() : Optional.of(Entry.of(origin.v6(), origin.bits(), times));
    }

    /** All entries: IPv4 addresses, then IPv6 networks, each by number. */
    @Override
    public Iterator<Entry> iterator() {
        return IntStream.range(0, size()).mapToObj(this::entry).iterator();
    }

    private Entry entry(int index) {
        boolean isV6 = index >= v4.size();
        Table table = isV6 ? v6 : v4;
        int at = isV6 ? index - v4.size() : index;
        return Entry.of(isV6, table.bits(at), table.times(at));
    }

    /** Whether these are the origins that are listed here, whatever their times. */
    boolean hasOrigins(Table someV4, Table someV6) {
        return v4.hasSameOrigins(someV4) && v6.hasSameOrigins(someV6);
    }
}
