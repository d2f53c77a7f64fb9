package org.decoymx.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Finds whom to forget: who was not seen for long and is not listed; and when there are too many, whoever was not seen
 * the longest, the listed last. It hands them out in slices, so that nothing else has to wait.
 */
final class Retention {
    private static final Duration PAUSE = Duration.ofHours(1);
    private static final int SLICE = 5_000;
    private static final int MOST = 100_000;
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
     * @param size how many tallies there are
     * @param all gives them, in any order; asked for only when it is time to look
     */
    List<Tally> slice(int size, Supplier<Stream<Tally>> all, Instant now) {
        if (found.isEmpty() && size > maxTallies) {
            findLongestUnseen(size - maxTallies + maxTallies / SPARE_DIVISOR, all, now);
        }
        if (found.isEmpty() && !now.isBefore(next)) {
            findExpired(all, now);
        }
        List<Tally> slice = new ArrayList<>();
        while (slice.size() < SLICE && !found.isEmpty()) {
            slice.add(found.remove());
        }
        return slice;
    }

    private void findExpired(Supplier<Stream<Tally>> all, Instant now) {
        long unseenSince = now.minus(retention).getEpochSecond();
        all.get()
                .filter(tally ->
                        tally.lastSeen() < unseenSince && !tally.score().isListed(now))
                .limit(MOST)
                .forEach(found::add);
        if (found.size() < MOST) {
            next = now.plus(PAUSE);
        }
    }

    private void findLongestUnseen(int need, Supplier<Stream<Tally>> all, Instant now) {
        long[] ranks = all.get().mapToLong(tally -> rank(tally, now)).toArray();
        Arrays.sort(ranks);
        long last = ranks[Math.min(need, ranks.length) - 1];
        all.get()
                .filter(tally -> rank(tally, now) <= last)
                .limit(Math.min(need, MOST))
                .forEach(found::add);
    }

    private static long rank(Tally tally, Instant now) {
        return tally.score().isListed(now) ? LISTED + tally.score().listedUntil() : tally.lastSeen();
    }
}
