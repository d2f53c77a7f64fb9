package org.decoymx.ledger;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Selects records to delete: expired ones that are not listed, and, above the maximum, those that {@link
 * FullestNetworks} chooses: first those of other organizations, which come back, then the own ones. Of the own ones
 * listed ones go last; of the others first, as what is not listed may take such a listing back. Returns them in
 * batches, so that commits are not delayed.
 */
public final class SenderRetention {
    private static final Logger LOG = Logger.getLogger(SenderLedger.class);
    private static final Duration SCAN_INTERVAL = Duration.ofHours(1);

    /** How long health says that listed senders were deleted. */
    private static final Duration WARNING_TIME = Duration.ofDays(1);

    private static final int BATCH_SIZE = 5_000;
    private static final int MAX_CANDIDATES = 50_000;
    private static final int HEADROOM_DIVISOR = 50;

    /** What a sender takes of the heap at most, with its place in the listing. */
    private static final long SENDER_OCTETS = 100;

    /** What everything else takes. */
    private static final long BASE_OCTETS = 64L << 20;

    private static final long MIN_SENDERS = 10_000;

    /** What the JVM offers to objects, as a share of -Xmx. */
    private static final double HEAP_OF_XMX = 0.95;

    /** By how much a ledger may be above a maximum that follows from the heap, as after a kill while merging. */
    private static final double MAX_OVERFLOW = 1.2;

    private final Duration retention;
    private final int maxRecords;
    private final boolean isByHeap;
    private final Queue<SenderCounts> candidates = new ArrayDeque<>();
    private Instant nextScanAt = Instant.MIN;
    private boolean hasWarned;
    private volatile @Nullable Instant listedDeletedAt;

    /**
     * Scans the ledger at once, and then every hour.
     *
     * @param retention how long a sender is kept after its last session
     * @param maxRecords maximum number of records
     */
    SenderRetention(Duration retention, int maxRecords) {
        this(retention, maxRecords, false);
    }

    /** The same with a maximum that may follow from the heap. */
    SenderRetention(Duration retention, int maxRecords, boolean isByHeap) {
        this.retention = retention;
        this.maxRecords = maxRecords;
        this.isByHeap = isByHeap;
    }

    /**
     * Checks a ledger before anything is deleted.
     *
     * @param records their number at the start
     * @throws ConfigurationException if nobody chose the maximum, and the ledger was made with a larger heap
     */
    void requireRoom(int records) {
        if (isByHeap && records > maxRecords * MAX_OVERFLOW) {
            long megabytes = (long) Math.ceil((BASE_OCTETS + records * SENDER_OCTETS) / HEAP_OF_XMX / (1 << 20));
            throw new ConfigurationException("decoy.ledger.max-senders: the ledger has " + records
                    + " senders, and the heap has room for " + maxRecords + "; set -Xmx" + megabytes
                    + "m or more, or set the key to " + maxRecords + " to delete those unseen for the longest time");
        }
    }

    /** How many senders the heap has room for: the largest value of {@code decoy.ledger.max-senders}. */
    public static long maxSendersInHeap() {
        return Math.max(MIN_SENDERS, (Runtime.getRuntime().maxMemory() - BASE_OCTETS) / SENDER_OCTETS);
    }

    /**
     * Returns the next records to delete, at most a few thousand; none between two scans.
     *
     * @param index scanned only if a scan is due
     * @param trusted the time to find what is expired, see {@link org.decoymx.support.SteadyClock#retention}
     */
    List<SenderCounts> nextBatch(SenderIndex index, Instant now, Instant trusted) {
        int excess = index.size() - maxRecords;
        if (candidates.isEmpty() && excess > 0) {
            findExcess(index, excess, now, trusted);
        }
        if (candidates.isEmpty() && !trusted.isBefore(nextScanAt)) {
            findExpired(index, trusted);
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

    private void findExpired(SenderIndex index, Instant now) {
        long second = now.getEpochSecond();
        long expiredBefore = second - retention.toSeconds();
        index.forEachMatching(
                (lastSeen, listedUntil) ->
                        lastSeen < expiredBefore && listedUntil <= second && candidates.size() < MAX_CANDIDATES,
                candidates::add);
        if (candidates.size() < MAX_CANDIDATES) {
            nextScanAt = now.plus(SCAN_INTERVAL);
        }
    }

    /** Who is listed is found by the trusted time, as no listing has ended because a clock is ahead. */
    private void findExcess(SenderIndex index, int excess, Instant now, Instant trusted) {
        if (!hasWarned) {
            hasWarned = true;
            LOG.warnf(
                    "The ledger is full: of more than %d senders, those of the fullest networks that are unseen for the"
                            + " longest time are deleted; increase %s",
                    maxRecords, isByHeap ? "-Xmx" : "decoy.ledger.max-senders");
        }
        int headroom = maxRecords / HEADROOM_DIVISOR;
        int wanted = Math.min(MAX_CANDIDATES, excess + headroom);
        if (index.nodes().stream().anyMatch(Node::isForeign)) {
            choose(new FullestNetworks(index, true, true, trusted), wanted);
            choose(new FullestNetworks(index, false, true, trusted), wanted);
        }
        choose(new FullestNetworks(index, false, false, trusted), wanted);
        int enough = Math.min(MAX_CANDIDATES, excess);
        if (candidates.size() < enough) {
            choose(new FullestNetworks(index, true, false, trusted), enough + headroom);
            warnOfListed(now);
        }
    }

    private void choose(FullestNetworks networks, int wanted) {
        if (candidates.size() < wanted) {
            networks.choose(wanted - candidates.size(), candidates);
        }
    }

    private void warnOfListed(Instant now) {
        if (listedProblem(now).isEmpty()) {
            LOG.warnf("%s", describeListed(now));
        }
        listedDeletedAt = now;
    }

    private String describeListed(Instant at) {
        return "listed senders were deleted at " + at.truncatedTo(ChronoUnit.SECONDS) + ", because more than "
                + maxRecords + " are listed; increase decoy.ledger.max-senders";
    }

    /** Whether listed senders were deleted within a day, as a message; empty if not. Thread-safe. */
    Optional<String> listedProblem(Instant now) {
        Instant at = listedDeletedAt;
        return at == null || now.isAfter(at.plus(WARNING_TIME)) ? Optional.empty() : Optional.of(describeListed(at));
    }

    /** The maximum number of records. */
    int maxRecords() {
        return maxRecords;
    }
}
