package org.decoymx.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Corrects times that were recorded while the clock was ahead: nothing was in the future, and no listing lasts longer
 * than the maximum from now on. A tier that was set by hand before keeps its end.
 *
 * @param now the time, in seconds since 1970
 */
public record TimeLimit(long now, TrustSettings settings) {
    /** Times that are not more in the future than this are right. */
    private static final Duration TOLERANCE = Duration.ofHours(1);

    /** From this time on a time is in the future. */
    public long latest() {
        return now + TOLERANCE.toSeconds();
    }

    /** From this time on no listing lasts, unless it was set by hand. */
    public long latestEnd() {
        return now + settings.maxTtl().toSeconds();
    }

    /** A time that was, without the future. */
    public long past(long time) {
        return time > latest() ? now : time;
    }

    private long clearedEnd(long time) {
        return Math.min(time, now + settings.clearedFor().toSeconds());
    }

    /** A trust state without times in the future. */
    public TrustState apply(TrustState state) {
        RetryProof proof = state.proof();
        return new TrustState(
                past(state.firstCaughtAt()),
                apply(state.listing()),
                new RetryProof(
                        past(proof.lastReturnAt()),
                        clearedEnd(proof.queueUntil()),
                        past(proof.clearedSince()),
                        clearedEnd(proof.clearedUntil()),
                        proof.envelopes(),
                        proof.firstEnvelope(),
                        proof.secondEnvelope(),
                        proof.byNeighbor()),
                apply(state.caught()),
                apply(state.deferred()));
    }

    private Listing apply(Listing listing) {
        boolean began = listing.since() <= latest();
        long until = began && listing.byHand() ? listing.until() : Math.min(listing.until(), latestEnd());
        if (!began && listing.tier() == Tier.SUSPECT && !listing.byHand()) {
            until = Math.min(until, now + settings.ttl().toSeconds());
        }
        return new Listing(listing.tier(), past(listing.since()), until, listing.relapses(), listing.byHand());
    }

    private EnvelopeMemory apply(EnvelopeMemory memory) {
        if (memory.entries().stream().allMatch(entry -> entry.lastAt() <= latest())) {
            return memory;
        }
        List<RememberedEnvelope> limited = memory.entries().stream()
                .map(entry -> new RememberedEnvelope(
                        entry.hash(), past(entry.firstAt()), past(entry.lastAt()), entry.flags()))
                .toList();
        return new EnvelopeMemory(limited);
    }

    /**
     * A score without times in the future.
     *
     * @param state the corrected trust state of the same sender
     */
    public SenderScore apply(SenderScore score, TrustState state) {
        SenderScore limited = new SenderScore(
                score.points(),
                past(score.scoredAt()),
                score.offences(),
                past(score.listedSince()),
                Math.min(score.listedUntil(), latestEnd()),
                score.peaks());
        return state.isUncaught() ? limited : limited.withListing(state, Instant.ofEpochSecond(now));
    }

    /** A decision without times in the future. */
    public ManualDecision apply(ManualDecision decision) {
        return decision.at() <= latest()
                ? decision
                : new ManualDecision(
                        decision.tier(),
                        now,
                        Math.min(decision.until(), latestEnd()),
                        decision.reason(),
                        decision.who());
    }
}
