package org.decoymx.blocklist;

import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.decoymx.blocklist.ChangeLog.VersionChange;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.Tier;

/** An immutable snapshot of the listed origins, sorted by address. An entry takes 24 octets. */
public final class Blocklist implements Iterable<Blocklist.BlocklistEntry> {
    private final Instant modified;
    private final PolicyMode mode;
    private final SortedTable v4;
    private final SortedTable v6;
    private final ChangeLog changeLog;
    private final String node;

    /**
     * One listed address, or an IPv4 /24 or IPv6 /64 in place of its listed addresses; created on demand. Times are
     * seconds since 1970.
     *
     * @param network the address or network; merged networks may have any prefix length
     * @param since when it was listed
     * @param until when the listing ends
     * @param packedReason the listing reason as a number, read by {@link #points}, {@link #code} and {@link #reasons}
     */
    public record BlocklistEntry(IpPrefix network, long since, long until, long packedReason) {

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
            return tier().text();
        }

        /** Whether mail may be rejected because of this entry; else it may only be deferred. */
        public boolean isConfirmed() {
            return tier() == Tier.CONFIRMED;
        }

        /** The answer of a DNSBL for it. */
        public ReturnCode code() {
            return ReturnCode.of(tier(), PackedReason.unpack(packedReason));
        }

        /** The network that this entry and its sibling fill; its prefix is one bit shorter. */
        public BlocklistEntry mergeWith(BlocklistEntry sibling) {
            return new BlocklistEntry(
                    network.masked(network.maskLength() - 1),
                    Math.min(since, sibling.since),
                    Math.min(until, sibling.until),
                    PackedReason.merge(packedReason, sibling.packedReason));
        }

        /** Whether this is IPv6. */
        public boolean v6() {
            return network.v6();
        }

        /** The prefix length. */
        public int prefix() {
            return network.prefixLength();
        }

        /** Whether this is a single address, not a network. */
        public boolean isAddress() {
            return network.isAddress();
        }

        /** The text form: {@code 192.0.2.1}, {@code 192.0.2.0/24}, {@code 2001:db8::1} or {@code 2001:db8::/64}. */
        public String text() {
            return network.toString();
        }
    }

    /** The first version, since a whole second. */
    Blocklist(Instant modified, PolicyMode mode, SortedTable v4, SortedTable v6) {
        this(modified, mode, v4, v6, ChangeLog.startingAt(modified), "");
    }

    private Blocklist(
            Instant modified, PolicyMode mode, SortedTable v4, SortedTable v6, ChangeLog changeLog, String node) {
        this.modified = modified;
        this.mode = mode;
        this.v4 = v4;
        this.v6 = v6;
        this.changeLog = changeLog;
        this.node = node;
    }

    /** The same, with versions that say which node they are of; see {@link #versionText}. */
    Blocklist ofNode(String tag) {
        return new Blocklist(modified, mode, v4, v6, changeLog, tag);
    }

    /** What changes if these tables follow. */
    VersionChange changeTo(Instant changed, SortedTable nextV4, SortedTable nextV6) {
        return VersionChange.between(changed, v4, nextV4, v6, nextV6);
    }

    /** The version after this one. */
    Blocklist nextVersion(Instant changed, SortedTable nextV4, SortedTable nextV6, VersionChange change) {
        return new Blocklist(changed, mode, nextV4, nextV6, changeLog.append(change), node);
    }

    /** {@link #modified} in seconds since 1970; grows with each change, also across restarts. */
    public long version() {
        return modified.getEpochSecond();
    }

    /** A version since which a filter selects the same entries: for the confirmed perhaps an earlier one. */
    public long version(TierFilter filter) {
        return filter == TierFilter.CONFIRMED ? changeLog.confirmedVersion() : version();
    }

    /** A version as consumers see it: while nodes share their lists, followed by a hyphen and {@link #node}. */
    public String versionText(long version) {
        return node.isEmpty() ? Long.toString(version) : version + "-" + node;
    }

    /** Tells nodes that share their lists apart, as each has its own versions; empty while none is shared. */
    public String node() {
        return node;
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
     * The entry of an address, or of the listed /24 or /64 that contains it; empty if it is not listed. A confirmed
     * address in such a network has its own entry.
     */
    public Optional<BlocklistEntry> findEntry(IpPrefix origin) {
        SortedTable table = table(origin);
        int host = find(table.hosts(), origin);
        if (host >= 0 && table.hosts().tier(host) == Tier.CONFIRMED) {
            return Optional.of(entryAt(origin.v6(), table.hosts(), host));
        }
        int index = find(table, origin);
        int found = index < 0 ? find(table, origin.neighborhood()) : index;
        return found < 0 ? Optional.empty() : Optional.of(entryAt(origin.v6(), table, found));
    }

    private SortedTable table(IpPrefix network) {
        return network.v6() ? v6 : v4;
    }

    private static int find(SortedTable table, IpPrefix origin) {
        return table.find(EntryKey.high(origin), EntryKey.low(origin));
    }

    /** Whether a network contains a listed entry or lies within one. */
    public boolean overlaps(IpPrefix network) {
        SortedTable table = table(network);
        IpPrefix last = network.lastAddress();
        int index = table.floorIndex(EntryKey.high(last), EntryKey.low(last));
        return index >= 0 && network.contains(originAt(network.v6(), table, index))
                || find(table, network.neighborhood()) >= 0;
    }

    private static IpPrefix originAt(boolean isV6, SortedTable table, int index) {
        return EntryKey.origin(isV6, table.high(index), table.low(index));
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

    /** The entry at an index of {@link #iterator}, from 0. */
    public BlocklistEntry entryAt(int index) {
        return index < v4.size() ? entryAt(false, v4, index) : entryAt(true, v6, index - v4.size());
    }

    private static BlocklistEntry entryAt(boolean isV6, SortedTable table, int index) {
        long interval = table.interval(index);
        return new BlocklistEntry(
                originAt(isV6, table, index),
                ListedInterval.since(interval),
                ListedInterval.until(interval),
                table.reason(index));
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
}
