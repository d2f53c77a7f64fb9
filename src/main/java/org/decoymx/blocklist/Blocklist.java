package org.decoymx.blocklist;

import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.PolicyMode;

/** An immutable snapshot of who is listed, in the order of their addresses. It takes 24 octets an entry. */
public final class Blocklist implements Iterable<Blocklist.BlocklistEntry> {
    private final Instant modified;
    private final PolicyMode mode;
    private final SortedTable v4;
    private final SortedTable v6;
    private final ChangeLog changeLog;

    /**
     * One listed origin, or an IPv4 /24 in the place of those in it; made when it is asked for. Times are seconds since 1970.
     *
     * @param v6 whether it is an IPv6 network
     * @param bits as {@link Origin#bits}; of a network those of its first address
     * @param prefix its prefix length: 32, 24, or for IPv6 64; another when networks were merged
     * @param since when it was caught
     * @param until when it will no longer be listed
     * @param packedReason it is listed, as a number that {@link #points}, {@link #code} and {@link #reasons} read
     */
    public record BlocklistEntry(boolean v6, long bits, int prefix, long since, long until, long packedReason) {

        static BlocklistEntry of(boolean v6, long key, long times, long why) {
            return new BlocklistEntry(
                    v6,
                    EntryKey.originBits(v6, key),
                    EntryKey.prefixLength(v6, key),
                    ListedInterval.since(times),
                    ListedInterval.until(times),
                    why);
        }

        /** What it had against it when it was last given some, to the tenth; of a network the least of those in it. */
        public double points() {
            return PackedReason.points(packedReason);
        }

        /** Why it is listed in words, each a sentence of ASCII without quotes; at least one. */
        public List<String> reasons() {
            return PackedReason.unpack(packedReason).sentences();
        }

        /** What it is listed for. */
        public ReturnCode code() {
            return ReturnCode.of(PackedReason.unpack(packedReason));
        }

        /** The network twice as large that this entry and the one beside it fill. */
        public BlocklistEntry mergeWith(BlocklistEntry beside) {
            return new BlocklistEntry(
                    v6,
                    bits & beside.bits,
                    prefix - 1,
                    Math.min(since, beside.since),
                    Math.min(until, beside.until),
                    PackedReason.merge(packedReason, beside.packedReason));
        }

        /** The origin, or the first one of a network. */
        public Origin origin() {
            return new Origin(v6, bits);
        }

        /** Whether this is an address, and no network. */
        public boolean isAddress() {
            return !v6 && prefix == EntryKey.HOST_PREFIX_LENGTH;
        }

        /** The address of {@link #text}, without a prefix. */
        public String address() {
            String origin = origin().toString();
            return v6 ? origin.substring(0, origin.indexOf('/')) : origin;
        }

        /** As it is written: {@code 192.0.2.1}, {@code 192.0.2.0/24} or {@code 2001:db8::/64}. */
        public String text() {
            return isAddress() ? address() : address() + "/" + prefix;
        }
    }

    /**
     * @param modified a whole second
     */
    Blocklist(Instant modified, PolicyMode mode, SortedTable v4, SortedTable v6) {
        this(modified, mode, v4, v6, ChangeLog.startingAt(modified));
    }

    private Blocklist(Instant modified, PolicyMode mode, SortedTable v4, SortedTable v6, ChangeLog history) {
        this.modified = modified;
        this.mode = mode;
        this.v4 = v4;
        this.v6 = v6;
        this.changeLog = history;
    }

    /** The listing that comes after this one. */
    Blocklist nextVersion(Instant changed, SortedTable nextV4, SortedTable nextV6) {
        return new Blocklist(changed, mode, nextV4, nextV6, changeLog.append(changed, v4, nextV4, v6, nextV6));
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
    public PolicyMode mode() {
        return mode;
    }

    /** Whether it is to be blocked by: the decoy neither is on trial nor only observes. */
    public boolean isEnforced() {
        return mode == PolicyMode.ENFORCE;
    }

    /** Whether the decoy only observes; what is served is empty then. */
    public boolean isObserveOnly() {
        return mode == PolicyMode.OBSERVE;
    }

    /** How many entries there are. */
    public int size() {
        return v4.size() + v6.size();
    }

    /** The entry of an origin, or of the /24 that it lies in; empty when it is not listed. */
    public Optional<BlocklistEntry> findEntry(Origin origin) {
        SortedTable table = origin.v6() ? v6 : v4;
        long key = EntryKey.of(origin);
        int at = table.floorIndex(key);
        boolean listed = at >= 0 && (table.key(at) == key || !origin.v6() && table.key(at) == EntryKey.networkKey(key));
        return listed ? Optional.of(entry(origin.v6(), at)) : Optional.empty();
    }

    /**
     * Whether anything in a network is listed, or the network in something listed.
     *
     * @param first its first origin
     * @param length its prefix length: 0 to 32, or of IPv6 0 to 64
     */
    public boolean overlaps(Origin first, int length) {
        SortedTable table = first.v6() ? v6 : v4;
        long from = EntryKey.of(first);
        int at = table.floorIndex(EntryKey.of(lastOrigin(first, length)));
        return at >= 0
                && (table.key(at) >= (first.v6() ? from : from & ~EntryKey.ADDRESS_FLAG)
                        || !first.v6() && table.key(at) == EntryKey.networkKey(from));
    }

    private static Origin lastOrigin(Origin first, int length) {
        int bits = first.v6() ? EntryKey.V6_PREFIX_LENGTH : EntryKey.HOST_PREFIX_LENGTH;
        long others = length == 0 ? (first.v6() ? -1L : 0xffff_ffffL) : (1L << bits - length) - 1;
        return new Origin(first.v6(), first.bits() | others);
    }

    /** All entries of a family, each by number. */
    public Iterable<BlocklistEntry> entries(boolean isV6) {
        int size = isV6 ? v6.size() : v4.size();
        return () -> IntStream.range(0, size).mapToObj(at -> entry(isV6, at)).iterator();
    }

    /** All entries: of IPv4, then of IPv6, each by number. */
    @Override
    public Iterator<BlocklistEntry> iterator() {
        return IntStream.range(0, size()).mapToObj(this::entry).iterator();
    }

    private BlocklistEntry entry(int index) {
        return index < v4.size() ? entry(false, index) : entry(true, index - v4.size());
    }

    private BlocklistEntry entry(boolean isV6, int at) {
        SortedTable table = isV6 ? v6 : v4;
        return BlocklistEntry.of(isV6, table.key(at), table.interval(at), table.reason(at));
    }

    /** What has changed from version to version until this one. */
    public ChangeLog changeLog() {
        return changeLog;
    }

    /** The second when the first of the ends that {@link Entry#until} tells comes; far off when there is none. */
    long earliestExpiry() {
        return Math.min(v4.earliestExpiry(), v6.earliestExpiry());
    }

    /** Whether these are what is listed here, whatever the times. */
    boolean hasSameEntries(SortedTable someV4, SortedTable someV6) {
        return v4.hasSameKeys(someV4) && v6.hasSameKeys(someV6);
    }
}
