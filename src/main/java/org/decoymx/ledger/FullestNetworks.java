package org.decoymx.ledger;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import org.decoymx.net.NetworkCounts;

/**
 * Chooses senders to delete within the networks that have the most, down to a level that all networks may have, so that
 * no network can push out the senders of others. In a network, the least recently seen ones go first, or those whose
 * listing ends first.
 */
final class FullestNetworks {
    private static final int COUNTER_BITS = 16;

    /** Bits of a time, in seconds since 1970. */
    private static final int RANK_BITS = 40;

    private static final long RANK_MASK = (1L << RANK_BITS) - 1;

    private final NetworkCounts counts = new NetworkCounts(COUNTER_BITS);
    private final SenderIndex index;
    private final boolean listed;
    private final boolean foreign;
    private final long second;

    /**
     * @param listed whether to choose among the listed senders, or among the others
     * @param foreign whether to choose among what other organizations know of them, or among the rest
     */
    FullestNetworks(SenderIndex index, boolean listed, boolean foreign, Instant now) {
        this.index = index;
        this.listed = listed;
        this.foreign = foreign;
        second = now.getEpochSecond();
    }

    /** A sender with the counter of its network, and its time. */
    private interface RankFilter {
        boolean matches(int network, long rank);
    }

    private void forEach(RankFilter filter, Collection<SenderCounts> matching) {
        index.forEachOrigin(
                (node, v6, bits, lastSeen, listedUntil) -> listedUntil > second == listed
                        && node.isForeign() == foreign
                        && filter.matches(counts.indexOf(v6, bits), listed ? listedUntil : lastSeen),
                matching::add);
    }

    /** Adds as many senders as required, or all if there are fewer. */
    void choose(int required, Collection<SenderCounts> chosen) {
        forEach((network, rank) -> counts.add(network, 1) < 0, chosen);
        int level = findLevel(required);
        LongArrayList ranks = new LongArrayList();
        forEach(
                (network, rank) -> counts.get(network) > level && !ranks.add((long) network << RANK_BITS | rank),
                chosen);
        long[] lastRanks = lastRanks(ranks, level);
        int limit = chosen.size() + required;
        forEach((network, rank) -> rank <= lastRanks[network] && chosen.size() < limit, chosen);
    }

    /** The highest number of senders that each network may keep. */
    private int findLevel(int required) {
        int enough = 0;
        int tooHigh = Integer.MAX_VALUE;
        while (tooHigh - enough > 1) {
            int level = enough + (tooHigh - enough) / 2;
            if (countAbove(level) >= required) {
                enough = level;
            } else {
                tooHigh = level;
            }
        }
        return enough;
    }

    private long countAbove(int level) {
        long above = 0;
        for (int network = 0; network < counts.size(); network++) {
            above += Math.max(0, counts.get(network) - level);
        }
        return above;
    }

    /** The highest rank that goes, for each network; -1 if none does. */
    private long[] lastRanks(LongArrayList ranks, int level) {
        Arrays.sort(ranks.elements(), 0, ranks.size());
        long[] last = new long[counts.size()];
        Arrays.fill(last, -1);
        int number;
        for (int first = 0; first < ranks.size(); first += number) {
            int network = (int) (ranks.getLong(first) >>> RANK_BITS);
            number = counts.get(network);
            last[network] = ranks.getLong(first + number - level - 1) & RANK_MASK;
        }
        return last;
    }
}
