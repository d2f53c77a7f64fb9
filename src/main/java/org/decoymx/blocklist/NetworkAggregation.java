package org.decoymx.blocklist;

import java.time.Instant;
import java.util.Arrays;
import java.util.function.BiPredicate;
import org.decoymx.net.IpPrefix;

/**
 * Lists an IPv4 /24 or an IPv6 /64 in place of its addresses while enough of them are listed, or while it is listed
 * itself: as a suspect, because it has other addresses too. The policy must allow each such network; see {@link
 * NetworkDecisions}. A network that was listed by hand stays as it is.
 */
final class NetworkAggregation {
    /** From two addresses on an IPv6 host may use any address of its /64. */
    static final int V6_THRESHOLD = 2;

    private static final long LOW_BITS_24 = 0x1ff;

    private final boolean v6;
    private final int threshold;
    private final NetworkDecisions decisions;

    /**
     * @param v6 whether it is for IPv6
     * @param threshold number of listed addresses from which a network is listed; 0 for never
     * @param mayListNetwork whether a whole network may be listed at a given time
     */
    NetworkAggregation(boolean v6, int threshold, BiPredicate<IpPrefix, Instant> mayListNetwork) {
        this.v6 = v6;
        this.threshold = threshold;
        decisions = new NetworkDecisions(v6, mayListNetwork);
    }

    /** The entries to publish if these addresses and networks are listed. */
    SortedTable aggregate(SortedTable hosts, Instant now) {
        if (threshold == 0) {
            return hosts;
        }
        decisions.begin();
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
            } else if (enough && decisions.mayList(network, now)) {
                long interval = firstHost > from ? hosts.interval(from) : combinedInterval(hosts, from, to);
                builder.add(network, EntryKey.networkLow(v6), interval, combinedReason(hosts, from, to));
                aggregated = true;
            } else {
                builder.addAll(hosts, firstHost, to);
                aggregated |= firstHost > from;
            }
        }
        decisions.end();
        return aggregated ? builder.build(hosts) : hosts;
    }

    private long networkOf(long high) {
        return v6 ? high : high & ~LOW_BITS_24;
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

    /** Asks the policy again about a part of the networks; whether it now decides differently about one. */
    boolean recheck(Instant now) {
        return decisions.recheck(now);
    }
}
