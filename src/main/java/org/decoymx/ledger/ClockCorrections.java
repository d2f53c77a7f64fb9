package org.decoymx.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.decoymx.policy.TimeLimit;
import org.decoymx.policy.TrustSettings;
import org.decoymx.support.SteadyClock;
import org.jspecify.annotations.Nullable;

/**
 * Tells the clock what the ledger knows of the time, and corrects what was recorded while the clock was ahead, as soon
 * as it is right. Only for the writer thread.
 */
final class ClockCorrections {
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(5);
    private static final int SWEEP_SLICE = 500;
    private static final int MAX_CORRECTIONS = 5_000;

    private final SenderIndex index;
    private final PendingWrites pendingWrites;
    private final TrustPersistence trust;
    private final LedgerStorage storage;
    private Instant latestTime = Instant.EPOCH;
    private boolean compared;
    private boolean mustCorrect;

    ClockCorrections(SenderIndex index, PendingWrites pendingWrites, TrustPersistence trust, LedgerStorage storage) {
        this.index = index;
        this.pendingWrites = pendingWrites;
        this.trust = trust;
        this.storage = storage;
    }

    /**
     * Call it before each commit. Corrections are published with the commit.
     *
     * @return whether the clock was set back: while it was ahead, listings were taken for expired
     */
    boolean follow(SteadyClock clock) {
        if (!compared && storage.isLoaded()) {
            compared = true;
            mustCorrect = true;
            clock.compare(storage.writtenAt(), latestSeenAt());
        }
        Instant now = clock.instant();
        boolean setBack = now.isBefore(latestTime.minus(CLOCK_TOLERANCE));
        latestTime = now;
        mustCorrect |= setBack;
        trust.index().sweep(now.getEpochSecond(), clock.retention().instant().getEpochSecond(), SWEEP_SLICE);
        if (mustCorrect && clock.isTrusted()) {
            mustCorrect = correct(now.getEpochSecond());
        }
        return setBack;
    }

    private Instant latestSeenAt() {
        long[] latest = {0};
        index.forEachMatching(
                (lastSeen, listedUntil) -> {
                    latest[0] = Math.max(latest[0], lastSeen);
                    return false;
                },
                counts -> {});
        return Instant.ofEpochSecond(latest[0]);
    }

    /** Returns whether there may be more. */
    private boolean correct(long now) {
        TrustSettings settings = trust.index().rules().settings();
        TimeLimit limit = new TimeLimit(now, settings);
        trust.index().manual().limitTimes(limit);
        trust.index().reports().limitTimes(limit);
        trust.index().limitTimes(limit);
        List<SenderCounts> corrected = new ArrayList<>();
        index.forEachMatching(
                (lastSeen, listedUntil) -> corrected.size() < MAX_CORRECTIONS
                        && (lastSeen > limit.latest() || listedUntil > limit.latestEnd()),
                counts -> {
                    if (counts.node().equals(storage.ownNode())) {
                        addCorrection(corrected, counts, limit);
                    }
                });
        corrected.forEach(counts -> pendingWrites.put(counts, null));
        return corrected.size() == MAX_CORRECTIONS;
    }

    private void addCorrection(List<SenderCounts> corrected, SenderCounts committed, TimeLimit limit) {
        @Nullable SenderCounts pending = pendingWrites.find(committed.origin());
        SenderCounts known = pending == null ? committed : pending;
        SenderCounts limited = known.limitedTo(limit, trust.index().find(known.origin()));
        if (!limited.equals(known) && pendingWrites.hasRoomFor(known.origin())) {
            corrected.add(limited);
        }
    }
}
