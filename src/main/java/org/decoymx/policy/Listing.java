package org.decoymx.policy;

import java.time.Instant;
import java.util.Comparator;

/**
 * A listing of a sender.
 *
 * @param tier the tier, while nothing clears the sender
 * @param since when it was listed
 * @param until when the listing ends
 * @param relapses how often it was confirmed, or abandoned too much while it was cleared; up to
 *     {@link #MAX_RELAPSES}
 * @param byHand whether it was set by hand; then nothing changes it until its end
 */
public record Listing(Tier tier, long since, long until, int relapses, boolean byHand) {
    /** Never listed. */
    public static final Listing NONE = new Listing(Tier.NONE, 0, 0, 0, false);

    static final int MAX_RELAPSES = 30;

    private static final Comparator<Listing> STRONGEST = Comparator.comparing(Listing::byHand)
            .thenComparingLong(Listing::until)
            .thenComparing(Listing::tier)
            .thenComparingLong(Listing::since);

    /** How a sender is listed. Who was listed for its points alone has no trust state; it is a suspect. */
    static Listing of(Sender sender, TrustState state, Instant now) {
        if (!state.isUncaught()) {
            return state.tierAt(now.getEpochSecond()).isListed() ? state.listing() : NONE;
        }
        SenderScore latest = sender.latestScore();
        boolean released = state.proof().clearedSince() >= Math.max(1, latest.listedSince());
        return latest.listedUntil() == 0 || released
                ? NONE
                : new Listing(Tier.SUSPECT, latest.listedSince(), latest.listedUntil(), 0, false);
    }

    /** The tier at a time, or {@link Tier#NONE} after the end. */
    public Tier tierAt(long at) {
        return at < until ? tier : Tier.NONE;
    }

    Listing suspect(long at, TrustSettings settings) {
        return new Listing(Tier.SUSPECT, at, at + settings.ttl().toSeconds(), relapses, false);
    }

    /** A suspect for as long as it would be confirmed; a confirmed one stays that. */
    Listing suspectForLonger(long at, TrustSettings settings) {
        Listing longer = confirmed(at, settings);
        return tierAt(at) == Tier.CONFIRMED
                ? longer
                : new Listing(Tier.SUSPECT, longer.since, longer.until, longer.relapses, false);
    }

    Listing confirmed(long at, TrustSettings settings) {
        int count = Math.min(MAX_RELAPSES, relapses + 1);
        long end = Math.max(until, at + settings.confirmedSeconds(count));
        return new Listing(Tier.CONFIRMED, tierAt(at).isListed() ? since : at, end, count, false);
    }

    /** A suspect again, if it was confirmed. */
    Listing demoted() {
        return tier == Tier.CONFIRMED ? new Listing(Tier.SUSPECT, since, until, relapses, false) : this;
    }

    /** The same if it was not set by hand; nobody is cleared that way. */
    Listing notByHand() {
        if (!byHand) {
            return this;
        }
        return tier == Tier.CLEARED ? ended() : new Listing(tier, since, until, relapses, false);
    }

    /** Ended, if the sender was cleared after it began. */
    Listing endedBy(RetryProof proof) {
        boolean cleared = proof.clearedSince() > 0 && proof.clearedSince() >= since && !byHand;
        return cleared ? ended() : this;
    }

    Listing strongerOf(Listing other) {
        Listing strongest = STRONGEST.compare(this, other) >= 0 ? this : other;
        int more = Math.max(relapses, other.relapses);
        return new Listing(strongest.tier, strongest.since, strongest.until, more, strongest.byHand);
    }

    /** Ended, with one more relapse. */
    Listing relapsed() {
        return new Listing(Tier.NONE, 0, 0, Math.min(MAX_RELAPSES, relapses + 1), false);
    }

    Listing ended() {
        return new Listing(Tier.NONE, 0, 0, relapses, false);
    }
}
