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
 * Selects records to delete: expired ones that are not listed, and, above the maximum, the least recently seen ones,
 * listed ones last. Returns them in batches, so that commits are not delayed.
 */
public final class SenderRetention {
    private static final Duration SCAN_INTERVAL = Duration.ofHours(1);
    private static final int BATCH_SIZE = 5_000;
    private static final int MAX_CANDIDATES = 50_000;
    private static final int HEADROOM_DIVISOR = 50;
    private static final long LISTED_RANK = 1L << 33;

    /** What a sender takes of the heap at most, with its place in the listing. */
    private static final long SENDER_OCTETS = 90;

    /** What everything else takes. */
    private static final long BASE_OCTETS = 64L << 20;

    private static final long MIN_SENDERS = 10_000;

    private final Duration retention;
    private final int maxRecords;
    private final Queue<SenderCounts> candidates = new ArrayDeque<>();
    private Instant nextScanAt = Instant.MIN;

    /**
     * Scans the ledger at once, and then every hour.
     *
     * @param retention how long a sender is kept after its last session
     * @param maxRecords maximum number of records
     */
    SenderRetention(Duration retention, int maxRecords) {
        this.retention = retention;
        this.maxRecords = maxRecords;
    }

    /** How many senders the heap has room for: the largest value of {@code decoy.ledger.max-senders}. */
    public static long maxSendersInHeap() {
        return Math.max(MIN_SENDERS, (Runtime.getRuntime().maxMemory() - BASE_OCTETS) / SENDER_OCTETS);
    }

    /**
     * Returns the next records to delete, at most a few thousand; none between two scans.
     *
     * @param ledger scanned only if a scan is due
     */
    List<SenderCounts> nextBatch(SenderLedger ledger, Instant now) {
        int excess = ledger.size() - maxRecords;
        if (candidates.isEmpty() && excess > 0) {
            findLeastRecentlySeen(ledger, excess + maxRecords / HEADROOM_DIVISOR, now);
        }
        if (candidates.isEmpty() && !now.isBefore(nextScanAt)) {
            findExpired(ledger, now);
        }
        List<SenderCounts> batch = new ArrayList<>();
        while (batch.size() < BATCH_SIZE && !candidates.isEmpty()) {
            batch.add(candidates.remove());
        }
        return batch;
    }

    /** Scans again with the next batch. */
    void reset() {
        nextScanAt = Instant.MIN;
        candidates.clear();
    }

    private void findExpired(SenderLedger ledger, Instant now) {
        long second = now.getEpochSecond();
        long expiredBefore = second - retention.toSeconds();
        ledger.forEachMatching(
                (lastSeen, listedUntil) ->
                        lastSeen < expiredBefore && listedUntil <= second && candidates.size() < MAX_CANDIDATES,
                candidates::add);
        if (candidates.size() < MAX_CANDIDATES) {
            nextScanAt = now.plus(SCAN_INTERVAL);
        }
    }

    private void findLeastRecentlySeen(SenderLedger ledger, int required, Instant now) {
        long second = now.getEpochSecond();
        LongArrayList ranks = new LongArrayList();
        ledger.forEachMatching(
                (lastSeen, listedUntil) -> {
                    ranks.add(rank(lastSeen, listedUntil, second));
                    return false;
                },
                candidates::add);
        Arrays.sort(ranks.elements(), 0, ranks.size());
        long last = ranks.getLong(Math.min(required, ranks.size()) - 1);
        int limit = Math.min(required, MAX_CANDIDATES);
        ledger.forEachMatching(
                (lastSeen, listedUntil) -> candidates.size() < limit && rank(lastSeen, listedUntil, second) <= last,
                candidates::add);
    }

    private static long rank(long lastSeen, long listedUntil, long second) {
        return listedUntil > second ? LISTED_RANK + listedUntil : lastSeen;
    }
}
