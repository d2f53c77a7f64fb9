package org.decoymx.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.DeliveryAttempts;
import org.decoymx.policy.Policy;
import org.decoymx.policy.TimeLimit;
import org.decoymx.policy.TrustIndex;
import org.decoymx.support.SteadyClock;
import org.jspecify.annotations.Nullable;

/**
 * Tells the clock what the ledger knows of the time, and corrects what was recorded while the clock was ahead, as soon
 * as it is right. Only for the writer thread.
 */
final class ClockCorrections {
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(5);
    private static final Duration MAX_STEP = Duration.ofMinutes(1);

    private static final int SWEEP_SLICE = 500;
    private static final int TRUST_SLICE = 500;
    private static final int MAX_CORRECTIONS = 5_000;
    /** After each slice, so that visits to a primary get the lock. */
    private static final Duration PAUSE = Duration.ofNanos(100_000);

    private final SenderIndex index;
    private final PendingWrites pendingWrites;
    private final DeliveryAttempts attempts;
    private final TrustIndex trust;
    private final LedgerStorage storage;
    private Instant latestTime = Instant.EPOCH;
    private Instant latestDuration = Instant.EPOCH;
    private int followedJumps;
    private boolean compared;
    private boolean mustCorrect;
    private boolean mustCorrectTrust = true;

    ClockCorrections(SenderIndex index, PendingWrites pendingWrites, Policy policy, LedgerStorage storage) {
        this.index = index;
        this.pendingWrites = pendingWrites;
        attempts = policy.attempts();
        trust = policy.trust();
        this.storage = storage;
    }

    /**
     * Call it before each commit. Corrections are published with the commit.
     *
     * @return whether the clock was set: while it was wrong, listings were taken for expired, or senders for cleared
     */
    boolean follow(SteadyClock clock) {
        if (!compared && storage.isLoaded()) {
            compared = true;
            mustCorrect = true;
            clock.compare(storage.writtenAt(), latestSeenAt());
        }
        Instant now = clock.instant();
        boolean setBack = now.isBefore(latestTime.minus(CLOCK_TOLERANCE));
        Instant duration = clock.durations().instant();
        Duration added = Duration.between(latestTime, now).minus(Duration.between(latestDuration, duration));
        boolean jumped = added.abs().compareTo(MAX_STEP) > 0;
        int followed = clock.followedJumps();
        if (jumped && added.isNegative() || followed != followedJumps) {
            attempts.restartAt(now.getEpochSecond());
            followedJumps = followed;
        }
        latestTime = now;
        latestDuration = duration;
        mustCorrect |= setBack;
        mustCorrectTrust |= setBack;
        trust.sweep(now.getEpochSecond(), clock.retention().instant().getEpochSecond(), SWEEP_SLICE);
        if (mustCorrect && clock.isTrusted()) {
            TimeLimit limit = new TimeLimit(now.getEpochSecond(), trust.rules().settings());
            if (mustCorrectTrust) {
                correctTrust(limit);
                mustCorrectTrust = false;
            }
            mustCorrect = correctCounts(limit);
        }
        return setBack || jumped;
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

    private void correctTrust(TimeLimit limit) {
        trust.manual().limitTimes(limit);
        trust.reports().limitTimes(limit);
        trust.events().hours().limitTimes(limit);
        List<IpPrefix> origins = trust.origins();
        for (int i = 0; i < origins.size(); i += TRUST_SLICE) {
            trust.limitTimes(origins.subList(i, Math.min(i + TRUST_SLICE, origins.size())), limit);
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /** Returns whether there may be more. It ends at a sender without room, which has to wait for a commit. */
    private boolean correctCounts(TimeLimit limit) {
        List<SenderCounts> corrected = new ArrayList<>();
        boolean[] mayHaveMore = {false};
        index.forEachMatching(
                (lastSeen, listedUntil) ->
                        !mayHaveMore[0] && (lastSeen > limit.latest() || listedUntil > limit.latestEnd()),
                counts -> {
                    if (counts.node().equals(storage.ownNode())) {
                        boolean hasRoom = addCorrection(corrected, counts, limit);
                        mayHaveMore[0] = !hasRoom || corrected.size() == MAX_CORRECTIONS;
                    }
                });
        corrected.forEach(counts -> pendingWrites.put(counts, null));
        return mayHaveMore[0];
    }

    /** Returns false if a correction is needed, but there is no room for it. */
    private boolean addCorrection(List<SenderCounts> corrected, SenderCounts committed, TimeLimit limit) {
        @Nullable SenderCounts pending = pendingWrites.find(committed.origin());
        SenderCounts known = pending == null ? committed : pending;
        SenderCounts limited = known.limitedTo(limit, trust.find(known.origin()));
        if (limited.equals(known)) {
            return true;
        }
        boolean hasRoom = pendingWrites.hasRoomFor(known.origin());
        if (hasRoom) {
            corrected.add(limited);
        }
        return hasRoom;
    }
}
