package org.decoymx.policy;

import java.util.Comparator;
import java.util.List;

/**
 * What a sender has shown of its queue. Times are seconds since 1970, 0 for never.
 *
 * @param lastReturnAt when an envelope last returned
 * @param queueUntil until when it is not confirmed
 * @param clearedSince when it was cleared
 * @param clearedUntil until when it is cleared
 * @param envelopes how many different envelopes cleared it, up to {@link #FULL_PROOF}
 * @param firstEnvelope the hash of the first of them
 * @param secondEnvelope the hash of the second
 * @param byNeighbor whether what cleared it came from another address in its network
 */
public record RetryProof(
        long lastReturnAt,
        long queueUntil,
        long clearedSince,
        long clearedUntil,
        int envelopes,
        long firstEnvelope,
        long secondEnvelope,
        boolean byNeighbor) {
    /** The proof of a sender that has never returned. */
    public static final RetryProof NONE = new RetryProof(0, 0, 0, 0, 0, 0, 0, false);

    /** From this many different envelopes on, a sender is cleared for long. */
    static final int FULL_PROOF = 3;

    /** Compares no more than what is taken of the later one, so that the order of several proofs does not matter. */
    private static final Comparator<RetryProof> LATER = Comparator.comparingLong(RetryProof::lastReturnAt)
            .thenComparingInt(RetryProof::envelopes)
            .thenComparingLong(RetryProof::firstEnvelope)
            .thenComparingLong(RetryProof::secondEnvelope)
            .thenComparing(RetryProof::byNeighbor);

    /**
     * The proof of a sender whose listing was ended, because it should not have been listed: all listings that began
     * before are ended, wherever they are known, and nothing is excused after that.
     */
    static RetryProof releasedAt(long at) {
        return new RetryProof(at, 0, at, at, 0, 0, 0, false);
    }

    /** Whether the sender is cleared. */
    public boolean isCleared(long at) {
        return at < clearedUntil;
    }

    /** After a return that does not clear. */
    RetryProof withReturn(long at, TrustSettings settings) {
        return new RetryProof(
                Math.max(lastReturnAt, at),
                Math.max(queueUntil, at + settings.clearedFor().toSeconds()),
                clearedSince,
                clearedUntil,
                envelopes,
                firstEnvelope,
                secondEnvelope,
                byNeighbor);
    }

    /**
     * After a return that clears.
     *
     * @param mayBeFull whether the third different envelope clears for long
     */
    RetryProof withClearing(long envelope, long at, boolean mayBeFull, TrustSettings settings) {
        boolean again = envelopes > 0 && envelope == firstEnvelope || envelopes > 1 && envelope == secondEnvelope;
        int different = again ? envelopes : Math.min(FULL_PROOF, envelopes + 1);
        long duration =
                (mayBeFull && different == FULL_PROOF ? settings.clearedFor() : settings.clearedFirst()).toSeconds();
        RetryProof returned = withReturn(at, settings);
        return new RetryProof(
                returned.lastReturnAt,
                returned.queueUntil,
                isCleared(at) ? clearedSince : at,
                Math.max(clearedUntil, at + duration),
                different,
                envelopes == 0 ? envelope : firstEnvelope,
                envelopes == 1 && !again ? envelope : secondEnvelope,
                isCleared(at) && byNeighbor);
    }

    /** If it was cleared at this time, it was by another address in its network. */
    RetryProof provedByNeighbor(long at) {
        return at != clearedSince
                ? this
                : new RetryProof(
                        lastReturnAt,
                        queueUntil,
                        clearedSince,
                        clearedUntil,
                        envelopes,
                        firstEnvelope,
                        secondEnvelope,
                        true);
    }

    /** Whether it is that of a sender that was released, and not cleared after that. */
    boolean isRelease() {
        return clearedSince > 0 && clearedUntil == clearedSince;
    }

    private boolean isEnded() {
        return clearedUntil < clearedSince;
    }

    /** What ends this proof, wherever it is known, because the sender has abandoned too much since. */
    RetryProof ended() {
        return new RetryProof(lastReturnAt, 0, Math.max(clearedSince, lastReturnAt), 0, 0, 0, 0, false);
    }

    /** The proof that makes a confirmed sender a suspect, wherever it is confirmed. */
    RetryProof demoting(TrustState confirmed) {
        long at =
                Math.max(confirmed.proof().lastReturnAt + 1, confirmed.listing().since());
        return new RetryProof(
                Math.max(lastReturnAt, at),
                queueUntil,
                clearedSince,
                clearedUntil,
                envelopes,
                firstEnvelope,
                secondEnvelope,
                byNeighbor);
    }

    /** What several nodes know. What one has ended covers what it knew of, at all nodes. */
    static RetryProof fold(List<RetryProof> proofs) {
        long ended = proofs.stream()
                .filter(RetryProof::isEnded)
                .mapToLong(RetryProof::lastReturnAt)
                .max()
                .orElse(0);
        return proofs.stream().map(proof -> proof.after(ended)).reduce(NONE, RetryProof::mergedWith);
    }

    private RetryProof after(long ended) {
        if (lastReturnAt > ended || isEnded()) {
            return this;
        }
        return isRelease() ? releasedAt(clearedSince) : NONE;
    }

    /** What two nodes know: a sender that is cleared, or released, on one is so on both. */
    RetryProof mergedWith(RetryProof other) {
        RetryProof later = LATER.compare(this, other) >= 0 ? this : other;
        return new RetryProof(
                later.lastReturnAt,
                Math.max(queueUntil, other.queueUntil),
                Math.max(clearedSince, other.clearedSince),
                Math.max(clearedUntil, other.clearedUntil),
                later.envelopes,
                later.firstEnvelope,
                later.secondEnvelope,
                later.byNeighbor);
    }
}
