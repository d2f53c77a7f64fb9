package org.decoymx.blocklist;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.BiPredicate;
import org.decoymx.net.IpPrefix;

/**
 * Lists an IPv4 /24 or an IPv6 /64 in place of its addresses while enough of them are listed, or while it is listed
 * itself: as a suspect, because it has other addresses too. The policy must allow each such network. It is asked at
 * each aggregation, and again in between, because exemptions change, and innocent addresses visit a primary MX. A
 * network that was listed by hand stays as it is.
 */
final class NetworkAggregation {
    /** From two addresses on an IPv6 host may use any address of its /64. */
    static final int V6_THRESHOLD = 2;

    /** Networks checked again per call: this number, or 1/{@link #RECHECK_DIVISOR} of all if that is more. */
    private static final int MIN_RECHECKED = 4_096;

    private static final int RECHECK_DIVISOR = 5;
    private static final long LOW_BITS_24 = 0x1ff;

    private final boolean v6;
    private final int threshold;
    private final BiPredicate<IpPrefix, Instant> mayListNetwork;

    /** The first number of the {@link EntryKey} of each network with enough listed addresses. */
    private final LongArrayList evaluatedNetworks = new LongArrayList();

    /** Whether each of them may be listed. */
    private final BitSet allowedNetworks = new BitSet();

    private int nextRecheck;

    /**
     * @param v6 whether it is for IPv6
     * @param threshold number of listed addresses from which a network is listed; 0 for never
     * @param mayListNetwork whether a whole network may be listed at a given time
     */
    NetworkAggregation(boolean v6, int threshold, BiPredicate<IpPrefix, Instant> mayListNetwork) {
        this.v6 = v6;
        this.threshold = threshold;
        this.mayListNetwork = mayListNetwork;
    }

    /** The entries to publish if these addresses and networks are listed. */
    SortedTable aggregate(SortedTable hosts, Instant now) {
        evaluatedNetworks.clear();
        allowedNetworks.clear();
        nextRecheck = 0;
        if (threshold == 0) {
            return hosts;
        }
        SortedTableBuilder builder = new SortedTableBuilder(hosts.size(), 0);
        boolean aggregated = false;
        for (int from = 0, to; from < hosts.size(); from = to) {
            long network = networkOf(hosts.high(from));
            to = from + 1;
            while (to < hosts.size() && networkOf(hosts.high(to)) == network) {
                to++;
            }
            int firstHost = EntryKey.isNetwork(v6, hosts.high(from), hosts.low(from)) ? from + 1 : from;
            boolean enough = firstHost > from || to - from >= threshold;
            if (firstHost > from && PackedReason.isByHand(hosts.reason(from))) {
                builder.addAll(hosts, from, firstHost);
                aggregated |= to > firstHost;
            } else if (enough && evaluate(network, now)) {
                long interval = firstHost > from ? hosts.interval(from) : combinedInterval(hosts, from, to);
                builder.add(network, networkLow(), interval, combinedReason(hosts, from, to));
                aggregated = true;
            } else {
                builder.addAll(hosts, firstHost, to);
                aggregated |= firstHost > from;
            }
        }
        return aggregated ? builder.build(hosts) : hosts;
    }

    private long networkOf(long high) {
        return v6 ? high : high & ~LOW_BITS_24;
    }

    private long networkLow() {
        return v6 ? EntryKey.V6_NETWORK : 0;
    }

    private boolean evaluate(long network, Instant now) {
        boolean allowed = mayListNetwork(network, now);
        allowedNetworks.set(evaluatedNetworks.size(), allowed);
        evaluatedNetworks.add(network);
        return allowed;
    }

    private boolean mayListNetwork(long network, Instant now) {
        return mayListNetwork.test(EntryKey.origin(v6, network, networkLow()), now);
    }

    /** The interval during which at least {@link #threshold} of the addresses are listed. */
    private long combinedInterval(SortedTable hosts, int from, int to) {
        long[] times = new long[to - from];
        Arrays.setAll(times, i -> ListedInterval.until(hosts.interval(from + i)));
        Arrays.sort(times);
        long until = times[times.length - threshold];
        Arrays.setAll(times, i -> ListedInterval.since(hosts.interval(from + i)));
        Arrays.sort(times);
        return ListedInterval.pack(times[threshold - 1], until);
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
            int checked = nextRecheck;
            nextRecheck = nextRecheck + 1 < evaluatedNetworks.size() ? nextRecheck + 1 : 0;
            if (mayListNetwork(evaluatedNetworks.getLong(checked), now) != allowedNetworks.get(checked)) {
                return true;
            }
        }
        return false;
    }
}
