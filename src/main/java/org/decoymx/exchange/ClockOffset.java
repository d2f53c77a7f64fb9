package org.decoymx.exchange;

import java.time.Duration;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.decoymx.ledger.ExportedTrust;
import org.decoymx.ledger.LedgerRecord;
import org.decoymx.ledger.SenderCounts;
import org.decoymx.policy.EnvelopeMemory;
import org.decoymx.policy.Listing;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.RememberedEnvelope;
import org.decoymx.policy.RetryProof;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.TrustState;

/**
 * How far the clock of this node is ahead of that of the brokers, whose time all nodes share. Small differences are
 * nothing, and change nothing, so that a time that is shared twice is the same. Thread-safe.
 */
final class ClockOffset {
    /** Differences up to this are nothing; after larger ones, those up to half of it. */
    private static final Duration TOLERANCE = Duration.ofSeconds(60);
    /** A record that took longer to be written tells nothing. */
    private static final Duration MAX_ROUND_TRIP = Duration.ofSeconds(20);

    private volatile boolean known;
    private volatile long seconds;

    /**
     * Learns from a record that the brokers have written.
     *
     * @param sentAt when it was sent, by the clock of this node, in milliseconds since 1970
     * @param writtenAt when it was written, by the clock of the brokers
     * @param answeredAt when they answered, by the clock of this node
     */
    synchronized void learn(long sentAt, long writtenAt, long answeredAt) {
        boolean isKnownTime = writtenAt > 0; // the answer to a record that was sent again has none
        if (!isKnownTime || answeredAt < sentAt || answeredAt - sentAt > MAX_ROUND_TRIP.toMillis()) {
            return;
        }
        long ahead = Math.floorDiv(sentAt + (answeredAt - sentAt) / 2 - writtenAt, 1_000);
        long tolerance = TOLERANCE.toSeconds();
        long nothing = seconds == 0 ? tolerance : tolerance / 2; // so that it does not change all the time
        if (Math.abs(ahead) <= nothing) {
            seconds = 0;
        } else if (Math.abs(ahead - seconds) > tolerance) {
            seconds = ahead;
        }
        known = true;
    }

    /** Whether it is known. */
    boolean isKnown() {
        return known;
    }

    /** By which times are changed; zero if the clock is right, or nothing is known. */
    Duration ahead() {
        return Duration.ofSeconds(seconds);
    }

    /** A state of this node, with the times of the brokers. */
    LedgerRecord toBrokers(LedgerRecord state) {
        long ahead = seconds;
        return ahead == 0 ? state : shift(state, time -> move(time, -ahead));
    }

    /** A state that was read, with the times of this node. */
    LedgerRecord fromBrokers(LedgerRecord state) {
        long ahead = seconds;
        return ahead == 0 ? state : shift(state, time -> move(time, ahead));
    }

    /** A decision of this node, with the times of the brokers. */
    ManualDecision toBrokers(ManualDecision decision) {
        return shift(decision, -seconds);
    }

    /** A decision that was read, with the times of this node. */
    ManualDecision fromBrokers(ManualDecision decision) {
        return shift(decision, seconds);
    }

    /** 0 stands for never. */
    private static long move(long time, long by) {
        return time == 0 ? 0 : Math.max(1, time + by);
    }

    private static ManualDecision shift(ManualDecision decision, long by) {
        return by == 0
                ? decision
                : new ManualDecision(
                        decision.tier(),
                        move(decision.at(), by),
                        move(decision.until(), by),
                        decision.reason(),
                        decision.who());
    }

    private static LedgerRecord shift(LedgerRecord state, LongUnaryOperator move) {
        SenderCounts counts = state.counts();
        SenderScore score = counts.score();
        ExportedTrust trust = state.trust();
        SenderCounts moved = new SenderCounts(
                counts.node(),
                counts.origin(),
                move.applyAsLong(counts.firstSeen()),
                move.applyAsLong(counts.lastSeen()),
                counts.sessions(),
                counts.conversations(),
                counts.traits(),
                counts.skipReasons(),
                new SenderScore(
                        score.points(),
                        move.applyAsLong(score.scoredAt()),
                        score.offences(),
                        move.applyAsLong(score.listedSince()),
                        move.applyAsLong(score.listedUntil()),
                        score.peaks()),
                counts.version());
        return new LedgerRecord(
                moved,
                state.evidence(),
                trust == null ? null : new ExportedTrust(shift(trust.state(), move), trust.keyId()),
                state.manual());
    }

    private static TrustState shift(TrustState state, LongUnaryOperator move) {
        Listing listing = state.listing();
        RetryProof proof = state.proof();
        return new TrustState(
                move.applyAsLong(state.firstCaughtAt()),
                new Listing(
                        listing.tier(),
                        move.applyAsLong(listing.since()),
                        move.applyAsLong(listing.until()),
                        listing.relapses(),
                        listing.byHand()),
                new RetryProof(
                        move.applyAsLong(proof.lastReturnAt()),
                        move.applyAsLong(proof.queueUntil()),
                        move.applyAsLong(proof.clearedSince()),
                        move.applyAsLong(proof.clearedUntil()),
                        proof.envelopes(),
                        proof.firstEnvelope(),
                        proof.secondEnvelope(),
                        proof.byNeighbor()),
                shift(state.caught(), move),
                shift(state.deferred(), move));
    }

    private static EnvelopeMemory shift(EnvelopeMemory memory, LongUnaryOperator move) {
        List<RememberedEnvelope> moved = memory.entries().stream()
                .map(entry -> new RememberedEnvelope(
                        entry.hash(),
                        move.applyAsLong(entry.firstAt()),
                        move.applyAsLong(entry.lastAt()),
                        entry.flags()))
                .toList();
        return new EnvelopeMemory(moved);
    }
}
