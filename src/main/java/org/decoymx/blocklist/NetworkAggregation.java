package org.decoymx.blocklist;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.BiPredicate;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.IpNetwork;

/**
 * Lists an IPv4 /24 in the place of its addresses where so many of them are listed, and for as long. The policy is asked of
 * each such network every time, and again and again in between, as who is exempt may change.
 */
final class NetworkAggregation {
    private static final int MAX_HOSTS = 256;

    /** Networks asked of again in a turn: so many, or a part of them all if that is more. */
    private static final int MIN_RECHECKED = 4_096;

    private static final int RECHECK_DIVISOR = 5;

    private final int threshold;
    private final BiPredicate<IpNetwork, Instant> mayListNetwork;
    private final long[] sortBuffer = new long[MAX_HOSTS];

    /** The networks in which so many are listed: the {@link Key} of one that is widened, else that of its first address. */
    private final LongArrayList evaluatedNetworks = new LongArrayList();

    private int nextRecheck;

    /**
     * @param least of how many listed addresses on a /24 is listed; 0 for never
     * @param mayWiden whether all of a network may be listed at a moment
     */
    NetworkAggregation(int least, BiPredicate<IpNetwork, Instant> mayWiden) {
        this.threshold = least;
        this.mayListNetwork = mayWiden;
    }

    /** What is listed at a moment, when these IPv4 addresses are. */
    SortedTable aggregate(SortedTable hosts, Instant now) {
        evaluatedNetworks.clear();
        nextRecheck = 0;
        if (threshold == 0 || hosts.size() < threshold) {
            return hosts;
        }
        SortedTable.SortedTableBuilder copy = new SortedTable.SortedTableBuilder(hosts.size(), 0);
        boolean widened = false;
        for (int from = 0, to; from < hosts.size(); from = to) {
            long network = EntryKey.networkKey(hosts.key(from));
            to = from + 1;
            while (to < hosts.size() && EntryKey.networkKey(hosts.key(to)) == network) {
                to++;
            }
            if (to - from >= threshold && evaluate(network, now)) {
                copy.add(network, combinedInterval(hosts, from, to), combinedReason(hosts, from, to));
                widened = true;
            } else {
                copy.addAll(hosts, from, to);
            }
        }
        return widened ? copy.build() : hosts;
    }

    private boolean evaluate(long network, Instant now) {
        boolean may = mayListNetwork(network, now);
        evaluatedNetworks.add(may ? network : network | EntryKey.ADDRESS_FLAG);
        return may;
    }

    private boolean mayListNetwork(long network, Instant now) {
        return mayListNetwork.test(
                new IpNetwork(new Origin(false, EntryKey.originBits(false, network)), EntryKey.NETWORK_PREFIX_LENGTH),
                now);
    }

    /** Since when there were enough of those now listed, and until when there will be. */
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
        long reasons = hosts.reason(from);
        for (int i = from + 1; i < to; i++) {
            reasons = PackedReason.merge(reasons, hosts.reason(i));
        }
        return reasons;
    }

    /**
     * Whether another answer would be given now of some network than when it was last asked of. Each call asks of some of
     * them; all have had their turn after so many calls as there are in a second.
     */
    boolean isRecheckNeeded(Instant now) {
        int turn = Math.min(
                evaluatedNetworks.size(), Math.max(MIN_RECHECKED, evaluatedNetworks.size() / RECHECK_DIVISOR + 1));
        for (int i = 0; i < turn; i++) {
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
