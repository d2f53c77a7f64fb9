package org.decoymx.blocklist;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.BiPredicate;
import org.decoymx.net.IpPrefix;

/**
 * Lists an IPv4 /24 in place of its addresses while enough of them are listed. The policy must allow each such network.
 * It is asked at each aggregation, and again in between, because exemptions may change.
 */
final class NetworkAggregation {
    private static final int MAX_HOSTS = 256;

    /** Networks checked again per call: this number, or 1/{@link #RECHECK_DIVISOR} of all if that is more. */
    private static final int MIN_RECHECKED = 4_096;

    private static final int RECHECK_DIVISOR = 5;

    private final int threshold;
    private final BiPredicate<IpPrefix, Instant> mayListNetwork;
    private final long[] sortBuffer = new long[MAX_HOSTS];

    /**
     * Networks with enough listed addresses: the {@link EntryKey} of the network if it is listed, else of its first
     * address.
     */
    private final LongArrayList evaluatedNetworks = new LongArrayList();

    private int nextRecheck;

    /**
     * @param threshold number of listed addresses from which a /24 is listed; 0 for never
     * @param mayListNetwork whether a whole network may be listed at a given time
     */
    NetworkAggregation(int threshold, BiPredicate<IpPrefix, Instant> mayListNetwork) {
        this.threshold = threshold;
        this.mayListNetwork = mayListNetwork;
    }

    /** The IPv4 entries to publish if these addresses are listed. */
    SortedTable aggregate(SortedTable hosts, Instant now) {
        evaluatedNetworks.clear();
        nextRecheck = 0;
        if (threshold == 0 || hosts.size() < threshold) {
            return hosts;
        }
        SortedTable.SortedTableBuilder builder = new SortedTable.SortedTableBuilder(hosts.size(), 0);
        boolean aggregated = false;
        for (int from = 0, to; from < hosts.size(); from = to) {
            long network = EntryKey.networkKey(hosts.key(from));
            to = from + 1;
            while (to < hosts.size() && EntryKey.networkKey(hosts.key(to)) == network) {
                to++;
            }
            if (to - from >= threshold && evaluate(network, now)) {
                builder.add(network, combinedInterval(hosts, from, to), combinedReason(hosts, from, to));
                aggregated = true;
            } else {
                builder.addAll(hosts, from, to);
            }
        }
        return aggregated ? builder.build(hosts) : hosts;
    }

    private boolean evaluate(long network, Instant now) {
        boolean allowed = mayListNetwork(network, now);
        evaluatedNetworks.add(allowed ? network : network | EntryKey.ADDRESS_FLAG);
        return allowed;
    }

    private boolean mayListNetwork(long network, Instant now) {
        return mayListNetwork.test(
                IpPrefix.ofBits(false, EntryKey.originBits(false, network)).around(EntryKey.NETWORK_PREFIX_LENGTH),
                now);
    }

    /** The interval during which at least {@link #threshold} of the addresses are listed. */
    private long combinedInterval(SortedTable hosts, int from, int to) {
        int count = to - from;
        for (int i = 0; i < count; i++) {
            sortBuffer[i] = ListedInterval.until(hosts.interval(from + i));
        }
        Arrays.sort(sortBuffer, 0, count);
        long until = sortBuffer[count - threshold];
        for (int i = 0; i < count; i++) {
            sortBuffer[i] = ListedInterval.since(hosts.interval(from + i));
        }
        Arrays.sort(sortBuffer, 0, count);
        return ListedInterval.pack(sortBuffer[threshold - 1], until);
    }

    private static long combinedReason(SortedTable hosts, int from, int to) {
        long combined = hosts.reason(from);
        for (int i = from + 1; i < to; i++) {
            combined = PackedReason.merge(combined, hosts.reason(i));
        }
        return PackedReason.asSuspect(combined);
    }

    /**
     * Whether the policy now decides differently about a network than at the last aggregation. Each call checks a part
     * of the networks; the calls of one second check all of them.
     */
    boolean isRecheckNeeded(Instant now) {
        int count = Math.min(
                evaluatedNetworks.size(), Math.max(MIN_RECHECKED, evaluatedNetworks.size() / RECHECK_DIVISOR + 1));
        for (int i = 0; i < count; i++) {
            long key = evaluatedNetworks.getLong(nextRecheck);
            nextRecheck = nextRecheck + 1 < evaluatedNetworks.size() ? nextRecheck + 1 : 0;
            long network = EntryKey.networkKey(key);
            if (mayListNetwork(network, now) != (key == network)) {
                return true;
            }
        }
        return false;
    }
}
