package org.decoymx.blocklist;

import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.Tier;

/** An immutable snapshot of the listed origins, sorted by address. An entry takes 24 octets. */
public final class Blocklist implements Iterable<Blocklist.BlocklistEntry> {
    private final Instant modified;
    private final PolicyMode mode;
    private final SortedTable v4;
    private final SortedTable v6;
    private final ChangeLog changeLog;

    /**
     * One listed origin, or an IPv4 /24 in place of its listed addresses; created on demand. Times are seconds since
     * 1970.
     *
     * @param v6 whether it is IPv6
     * @param bits see {@link IpPrefix#bits}; for a network, the bits of its first address
     * @param prefix the prefix length: 32, 24, or 64 for IPv6; shorter for merged networks
     * @param since when it was listed
     * @param until when the listing ends
     * @param packedReason the listing reason as a number, read by {@link #points}, {@link #code} and {@link #reasons}
     */
    public record BlocklistEntry(boolean v6, long bits, int prefix, long since, long until, long packedReason) {

        static BlocklistEntry of(boolean v6, long key, long interval, long packedReason) {
            return new BlocklistEntry(
                    v6,
                    EntryKey.originBits(v6, key),
                    EntryKey.prefixLength(v6, key),
                    ListedInterval.since(interval),
                    ListedInterval.until(interval),
                    packedReason);
        }

        /** The points after the last scored session, to the tenth; for a network, the lowest of its addresses. */
        public double points() {
            return PackedReason.points(packedReason);
        }

        /** The reasons for people: at least one, each a sentence of ASCII without quotes. */
        public List<String> reasons() {
            return PackedReason.unpack(packedReason).sentences();
        }

        /** {@link Tier#CONFIRMED}, or {@link Tier#SUSPECT}. */
        public Tier tier() {
            return PackedReason.tier(packedReason);
        }

        /** The name of the tier: {@code suspect} or {@code confirmed}. */
        public String tierName() {
            return isConfirmed() ? "confirmed" : "suspect";
        }

        /** Whether mail may be rejected because of this entry; else it may only be deferred. */
        public boolean isConfirmed() {
            return tier() == Tier.CONFIRMED;
        }

        public ReturnCode code() {
            return ReturnCode.of(PackedReason.unpack(packedReason));
        }

        /** The network that this entry and its sibling fill; its prefix is one bit shorter. */
        public BlocklistEntry mergeWith(BlocklistEntry sibling) {
            return new BlocklistEntry(
                    v6,
                    bits & sibling.bits,
                    prefix - 1,
                    Math.min(since, sibling.since),
                    Math.min(until, sibling.until),
                    PackedReason.merge(packedReason, sibling.packedReason));
        }

        /** The origin, or the first address of a network. */
        public IpPrefix origin() {
            return IpPrefix.ofBits(v6, bits);
        }

        /** Whether this is a single IPv4 address, not a network. */
        public boolean isAddress() {
            return !v6 && prefix == EntryKey.HOST_PREFIX_LENGTH;
        }

        /** The address in {@link #text}, without the prefix length. */
        public String address() {
            return IpText.print(origin());
        }

        /** The text form: {@code 192.0.2.1}, {@code 192.0.2.0/24} or {@code 2001:db8::/64}. */
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

    private Blocklist(Instant modified, PolicyMode mode, SortedTable v4, SortedTable v6, ChangeLog changeLog) {
        this.modified = modified;
        this.mode = mode;
        this.v4 = v4;
        this.v6 = v6;
        this.changeLog = changeLog;
    }

    /** The version after this one. */
    Blocklist nextVersion(Instant changed, SortedTable nextV4, SortedTable nextV6) {
        return new Blocklist(changed, mode, nextV4, nextV6, changeLog.append(changed, v4, nextV4, v6, nextV6));
    }

    /** {@link #modified} in seconds since 1970; grows with each change, also across restarts. */
    public long version() {
        return modified.getEpochSecond();
    }

    /** A version since which a filter selects the same entries: for the confirmed perhaps an earlier one. */
    public long version(TierFilter filter) {
        return filter == TierFilter.CONFIRMED ? changeLog.confirmedVersion() : version();
    }

    /** When the content last changed: a whole second that no two versions share. */
    public Instant modified() {
        return modified;
    }

    public PolicyMode mode() {
        return mode;
    }

    /** Whether consumers should block listed clients: neither trial mode nor observe mode is set. */
    public boolean isEnforced() {
        return mode == PolicyMode.ENFORCE;
    }

    /** Whether observe mode is set; the served blocklist is then empty. */
    public boolean isObserveOnly() {
        return mode == PolicyMode.OBSERVE;
    }

    public int size() {
        return v4.size() + v6.size();
    }

    /** The number of entries that a filter selects. */
    public int size(TierFilter filter) {
        return v4.count(filter) + v6.count(filter);
    }

    /**
     * The entry of an origin, or of the listed /24 that contains it; empty if it is not listed. A confirmed address in
     * such a network has its own entry.
     */
    public Optional<BlocklistEntry> findEntry(IpPrefix origin) {
        SortedTable table = origin.v6() ? v6 : v4;
        long key = EntryKey.of(origin);
        int host = table.hosts().floorIndex(key);
        if (host >= 0 && table.hosts().key(host) == key && table.hosts().tier(host) == Tier.CONFIRMED) {
            return Optional.of(entryAt(origin.v6(), table.hosts(), host));
        }
        int index = table.floorIndex(key);
        boolean listed =
                index >= 0 && (table.key(index) == key || !origin.v6() && table.key(index) == EntryKey.networkKey(key));
        return listed ? Optional.of(entryAt(origin.v6(), table, index)) : Optional.empty();
    }

    /**
     * Whether a network contains a listed entry or lies within one.
     *
     * @param network an IPv4 network, or an IPv6 network of at least a /64
     */
    public boolean overlaps(IpPrefix network) {
        SortedTable table = network.v6() ? v6 : v4;
        long from = EntryKey.of(network);
        int index = table.floorIndex(EntryKey.of(lastOrigin(network)));
        return index >= 0
                && (table.key(index) >= (network.v6() ? from : from & ~EntryKey.ADDRESS_FLAG)
                        || !network.v6() && table.key(index) == EntryKey.networkKey(from));
    }

    private static IpPrefix lastOrigin(IpPrefix network) {
        int bits = network.v6() ? EntryKey.V6_PREFIX_LENGTH : EntryKey.HOST_PREFIX_LENGTH;
        int length = network.prefixLength();
        long hostBits = length == 0 ? -1L : (1L << bits - length) - 1;
        return IpPrefix.ofBits(network.v6(), network.bits() | hostBits);
    }

    /** The entries of one address family that a filter selects, in the order of their addresses. */
    public Iterable<BlocklistEntry> entries(boolean isV6, TierFilter filter) {
        SortedTable published = isV6 ? v6 : v4;
        SortedTable table = filter == TierFilter.CONFIRMED ? published.hosts() : published;
        return () -> {
            IntStream all = IntStream.range(0, table.size());
            IntStream selected =
                    filter == TierFilter.ALL ? all : all.filter(index -> filter.includes(table.tier(index)));
            return selected.mapToObj(index -> entryAt(isV6, table, index)).iterator();
        };
    }

    /** All entries, IPv4 before IPv6, in the order of their addresses. */
    @Override
    public Iterator<BlocklistEntry> iterator() {
        return IntStream.range(0, size()).mapToObj(this::entryAt).iterator();
    }

    private BlocklistEntry entryAt(int index) {
        return index < v4.size() ? entryAt(false, v4, index) : entryAt(true, v6, index - v4.size());
    }

    private static BlocklistEntry entryAt(boolean isV6, SortedTable table, int index) {
        return BlocklistEntry.of(isV6, table.key(index), table.interval(index), table.reason(index));
    }

    /** The changes from earlier versions to this one. */
    public ChangeLog changeLog() {
        return changeLog;
    }

    /** The earliest {@link BlocklistEntry#until}; {@link Long#MAX_VALUE} if there is no entry. */
    long earliestExpiry() {
        return Math.min(
                Math.min(v4.earliestExpiry(), v4.hosts().earliestExpiry()),
                Math.min(v6.earliestExpiry(), v6.hosts().earliestExpiry()));
    }

    /** Whether these tables list the same origins in the same tiers; the intervals may differ. */
    boolean hasSameEntries(SortedTable otherV4, SortedTable otherV6) {
        return !TableDifference.between(false, v4, otherV4).changesFeeds()
                && !TableDifference.between(true, v6, otherV6).changesFeeds();
    }
}
