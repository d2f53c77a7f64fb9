package org.decoymx.blocklist;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.BiPredicate;
import org.decoymx.net.IpPrefix;

/**
 * Which networks of an address family may be listed as a whole. The policy is asked about a network when it first has
 * enough listed addresses, and again each second, because exemptions change, and innocent addresses visit a primary MX.
 */
final class NetworkDecisions {
    /** Networks asked about again per call: this number, or 1/{@link #RECHECK_DIVISOR} of all if that is more. */
    private static final int MIN_RECHECKED = 4_096;

    /** The publisher calls five times a second. */
    private static final int RECHECK_DIVISOR = 5;

    private final boolean v6;
    private final BiPredicate<IpPrefix, Instant> mayListNetwork;

    /** The first number of the {@link EntryKey} of each network with enough listed addresses, in their order. */
    private LongArrayList networks = new LongArrayList();

    /** Whether each of them may be listed. */
    private BitSet allowed = new BitSet();

    /** The networks of the aggregation before, while there is a new one. */
    private LongArrayList knownNetworks = new LongArrayList();

    private BitSet knownAllowed = new BitSet();
    private int nextKnown;
    private int kept;

    /** The network to begin with at the next recheck, or where it would be. */
    private long nextRechecked = Long.MIN_VALUE;

    /** How many networks were added and removed since the last recheck. */
    private int turnover;

    /**
     * @param v6 whether it is for IPv6
     * @param mayListNetwork whether a whole network may be listed at a given time
     */
    NetworkDecisions(boolean v6, BiPredicate<IpPrefix, Instant> mayListNetwork) {
        this.v6 = v6;
        this.mayListNetwork = mayListNetwork;
    }

    /** Begins an aggregation. What is decided about a network is forgotten unless {@link #mayList} needs it again. */
    void begin() {
        knownNetworks = networks;
        knownAllowed = allowed;
        nextKnown = 0;
        kept = 0;
        networks = new LongArrayList(knownNetworks.size());
        allowed = new BitSet();
    }

    /**
     * Whether a network may be listed.
     *
     * @param network the first number of its {@link EntryKey}, higher than that of the network before
     */
    boolean mayList(long network, Instant now) {
        while (nextKnown < knownNetworks.size() && knownNetworks.getLong(nextKnown) < network) {
            nextKnown++;
        }
        boolean known = nextKnown < knownNetworks.size() && knownNetworks.getLong(nextKnown) == network;
        boolean may = known ? knownAllowed.get(nextKnown) : ask(network, now);
        kept += known ? 1 : 0;
        allowed.set(networks.size(), may);
        networks.add(network);
        return may;
    }

    private boolean ask(long network, Instant now) {
        return mayListNetwork.test(EntryKey.origin(v6, network, EntryKey.networkLow(v6)), now);
    }

    /** Ends an aggregation. */
    void end() {
        turnover += kept == 0 ? 0 : knownNetworks.size() + networks.size() - 2 * kept;
        knownNetworks = new LongArrayList();
        knownAllowed = new BitSet();
    }

    /**
     * Asks again about the next networks, and remembers what is decided now. As those that came or went since the last
     * call are asked about in addition, five calls always reach each network that is older.
     *
     * @return whether a decision is another one than before
     */
    boolean recheck(Instant now) {
        int size = networks.size();
        int count = Math.min(size, Math.max(MIN_RECHECKED, size / RECHECK_DIVISOR + 1) + turnover);
        int found = Arrays.binarySearch(networks.elements(), 0, size, nextRechecked);
        int first = found < 0 ? ~found : found;
        boolean differs = false;
        for (int i = 0; i < count; i++) {
            int index = (first + i) % size;
            boolean may = ask(networks.getLong(index), now);
            differs |= may != allowed.get(index);
            allowed.set(index, may);
        }
        nextRechecked = size == 0 ? Long.MIN_VALUE : networks.getLong((first + count) % size);
        turnover = 0;
        return differs;
    }
}
