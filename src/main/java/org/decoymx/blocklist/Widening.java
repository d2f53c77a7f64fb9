package org.decoymx.blocklist;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.BiPredicate;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.Network;

/**
 * Lists an IPv4 /24 in the place of its addresses where so many of them are listed, and for as long. The policy is asked of
 * each such network every time, and again and again in between, as who is exempt may change.
 */
final class Widening {
    private static final int MOST = 256;

    /** Networks asked of again in a turn: so many, or a part of them all if that is more. */
    private static final int FEW = 4_096;

    private static final int PART = 5;

    private final int least;
    private final BiPredicate<Network, Instant> mayWiden;
    private final long[] times = new long[MOST];

    /** The networks in which so many are listed: the {@link Key} of one that is widened, else that of its first address. */
    private final LongArrayList asked = new LongArrayList();

    private int next;

    /**
     * @param least of how many listed addresses on a /24 is listed; 0 for never
     * @param mayWiden whether all of a network may be listed at a moment
     */
    Widening(int least, BiPredicate<Network, Instant> mayWiden) {
        this.least = least;
        this.mayWiden = mayWiden;
    }

    /** What is listed at a moment, when these IPv4 addresses are. */
    Table widen(Table hosts, Instant now) {
        asked.clear();
        next = 0;
        if (least == 0 || hosts.size() < least) {
            return hosts;
        }
        Table.Copy copy = new Table.Copy(hosts.size(), 0);
        boolean widened = false;
        for (int from = 0, to; from < hosts.size(); from = to) {
            long network = Key.widened(hosts.key(from));
            to = from + 1;
            while (to < hosts.size() && Key.widened(hosts.key(to)) == network) {
                to++;
            }
            if (to - from >= least && ask(network, now)) {
                copy.add(network, times(hosts, from, to), reasons(hosts, from, to));
                widened = true;
            } else {
                copy.addAll(hosts, from, to);
            }
        }
        return widened ? copy.table() : hosts;
    }

    private boolean ask(long network, Instant now) {
        boolean may = mayWiden(network, now);
        asked.add(may ? network : network | Key.ADDRESS);
        return may;
    }

    private boolean mayWiden(long network, Instant now) {
        return mayWiden.test(new Network(new Origin(false, Key.bits(false, network)), Key.WIDENED), now);
    }

    /** Since when there were enough of those now listed, and until when there will be. */
    private long times(Table hosts, int from, int to) {
        int count = to - from;
        for (int i = 0; i < count; i++) {
            times[i] = Times.until(hosts.times(from + i));
        }
        Arrays.sort(times, 0, count);
        long until = times[count - least];
        for (int i = 0; i < count; i++) {
            times[i] = Times.since(hosts.times(from + i));
        }
        Arrays.sort(times, 0, count);
        return Times.of(times[least - 1], until);
    }

    private static long reasons(Table hosts, int from, int to) {
        long reasons = hosts.reasons(from);
        for (int i = from + 1; i < to; i++) {
            reasons = Reasons.both(reasons, hosts.reasons(i));
        }
        return reasons;
    }

    /**
     * Whether another answer would be given now of some network than when it was last asked of. Each call asks of some of
     * them; all have had their turn after so many calls as there are in a second.
     */
    boolean isOverdue(Instant now) {
        int turn = Math.min(asked.size(), Math.max(FEW, asked.size() / PART + 1));
        for (int i = 0; i < turn; i++) {
            long key = asked.getLong(next);
            next = next + 1 < asked.size() ? next + 1 : 0;
            long network = Key.widened(key);
            if (mayWiden(network, now) != (key == network)) {
                return true;
            }
        }
        return false;
    }
}
