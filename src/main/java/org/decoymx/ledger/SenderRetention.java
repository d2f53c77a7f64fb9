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
final class SenderRetention {
    private static final Duration SCAN_INTERVAL = Duration.ofHours(1);
    private static final int BATCH_SIZE = 5_000;
    private static final int MAX_CANDIDATES = 50_000;
    private static final int HEADROOM_DIVISOR = 50;
    private static final long LISTED_RANK = 1L << 33;

    private final Duration retention;
    private final int maxRecords;
    private final Queue<SenderCounts> candidates = new ArrayDeque<>();
    private Instant nextScanAt = Instant.MIN;

    /**
     * Looks at once, and then every hour.
     *
     * @param retention how long a sender is known after its last session
     * @param maxTallies how many tallies there may be
     */
    SenderRetention(Duration retention, int maxTallies) {
        this.retention = retention;
        this.maxRecords = maxTallies;
    }

    /**
     * The next ones to forget, some thousands at most; none when it is not time.
     *
     * @param ledger is looked through only when it is time
     */
    List<SenderCounts> nextBatch(SenderLedger ledger, Instant now) {
        int tooMany = ledger.size() - maxRecords;
        if (candidates.isEmpty() && tooMany > 0) {
            findLeastRecentlySeen(ledger, tooMany + maxRecords / HEADROOM_DIVISOR, now);
        }
        if (candidates.isEmpty() && !now.isBefore(nextScanAt)) {
            findExpired(ledger, now);
        }
        List<SenderCounts> slice = new ArrayList<>();
        while (slice.size() < BATCH_SIZE && !candidates.isEmpty()) {
            slice.add(candidates.remove());
        }
        return slice;
    }

    /** Looks with the next slice, and not only in an hour. */
    void reset() {
        nextScanAt = Instant.MIN;
        candidates.clear();
    }

    private void findExpired(SenderLedger ledger, Instant now) {
        long second = now.getEpochSecond();
        long unseenSince = second - retention.toSeconds();
        ledger.forEachMatching(
                (lastSeen, listedUntil) ->
                        lastSeen < unseenSince && listedUntil <= second && candidates.size() < MAX_CANDIDATES,
                candidates::add);
        if (candidates.size() < MAX_CANDIDATES) {
            nextScanAt = now.plus(SCAN_INTERVAL);
        }
    }

    private void findLeastRecentlySeen(SenderLedger ledger, int need, Instant now) {
        long second = now.getEpochSecond();
        LongArrayList ranks = new LongArrayList();
        ledger.forEachMatching(
                (lastSeen, listedUntil) -> {
                    ranks.add(rank(lastSeen, listedUntil, second));
                    return false;
                },
                candidates::add);
        Arrays.sort(ranks.elements(), 0, ranks.size());
        long last = ranks.getLong(Math.min(need, ranks.size()) - 1);
        int most = Math.min(need, MAX_CANDIDATES);
        ledger.forEachMatching(
                (lastSeen, listedUntil) -> candidates.size() < most && rank(lastSeen, listedUntil, second) <= last,
                candidates::add);
    }

    private static long rank(long lastSeen, long listedUntil, long second) {
        return listedUntil > second ? LISTED_RANK + listedUntil : lastSeen;
    }
}
