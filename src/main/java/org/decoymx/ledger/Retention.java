package org.decoymx.ledger;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/**
 * Finds whom to forget: who was not seen for long and is not listed; and when there are too many, whoever was not seen
 * the longest, the listed last. It hands them out in slices, so that nothing else has to wait.
 */
final class Retention {
    private static final Duration PAUSE = Duration.ofHours(1);
    private static final int SLICE = 5_000;
    private static final int MOST = 50_000;
    private static final int SPARE_DIVISOR = 50;
    private static final long LISTED = 1L << 33;

    private final Duration retention;
    private final int maxTallies;
    private final Queue<Tally> found = new ArrayDeque<>();
    private Instant next = Instant.MIN;

    /**
     * Looks at once, and then every hour.
     *
     * @param retention how long a sender is known after its last session
     * @param maxTallies how many tallies there may be
     */
    Retention(Duration retention, int maxTallies) {
        this.retention = retention;
        this.maxTallies = maxTallies;
    }

    /**
     * The next ones to forget, some thousands at most; none when it is not time.
     *
     * @param ledger is looked through only when it is time
     */
    List<Tally> slice(Ledger ledger, Instant now) {
        int tooMany = ledger.size() - maxTallies;
        if (found.isEmpty() && tooMany > 0) {
            findLongestUnseen(ledger, tooMany + maxTallies / SPARE_DIVISOR, now);
        }
        if (found.isEmpty() && !now.isBefore(next)) {
            findExpired(ledger, now);
        }
        List<Tally> slice = new ArrayList<>();
        while (slice.size() < SLICE && !found.isEmpty()) {
            slice.add(found.remove());
        }
        return slice;
    }

    /** Looks with the next slice, and not only in an hour. */
    void lookAgain() {
        next = Instant.MIN;
        found.clear();
    }

    private void findExpired(Ledger ledger, Instant now) {
        long second = now.getEpochSecond();
        long unseenSince = second - retention.toSeconds();
        ledger.select(
                (lastSeen, listedUntil) -> lastSeen < unseenSince && listedUntil <= second && found.size() < MOST,
                found::add);
        if (found.size() < MOST) {
            next = now.plus(PAUSE);
        }
    }

    private void findLongestUnseen(Ledger ledger, int need, Instant now) {
        long second = now.getEpochSecond();
        LongArrayList ranks = new LongArrayList();
        ledger.select(
                (lastSeen, listedUntil) -> {
                    ranks.add(rank(lastSeen, listedUntil, second));
                    return false;
                },
                found::add);
        Arrays.sort(ranks.elements(), 0, ranks.size());
        long last = ranks.getLong(Math.min(need, ranks.size()) - 1);
        int most = Math.min(need, MOST);
        ledger.select(
                (lastSeen, listedUntil) -> found.size() < most && rank(lastSeen, listedUntil, second) <= last,
                found::add);
    }

    private static long rank(long lastSeen, long listedUntil, long second) {
        return listedUntil > second ? LISTED + listedUntil : lastSeen;
    }
}
