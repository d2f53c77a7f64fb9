package org.decoymx.policy;

import java.time.Instant;

/**
 * The score of a sender. Times are seconds since 1970, 0 for never.
 *
 * @param points its points at {@code scoredAt}, as multiples of 1/256
 * @param scoredAt when points were last added
 * @param offences number of listings, not counting forgiven ones
 * @param listedSince when the latest listing started
 * @param listedUntil when the latest listing ends or ended
 * @param peaks the highest points on each of the last days, packed by the policy
 */
public record SenderScore(double points, long scoredAt, int offences, long listedSince, long listedUntil, int peaks) {

    /** Points are multiples of one part of these, so that all nodes compute the same sums. */
    public static final double POINT_STEPS = 256;

    /** The score of a sender without points. */
    public static final SenderScore NONE = new SenderScore(0, 0, 0, 0, 0, 0);

    /** Rounds the points. */
    public SenderScore {
        points = Math.rint(points * POINT_STEPS) / POINT_STEPS;
    }

    /** The same points without a listing. */
    public SenderScore notListed() {
        return new SenderScore(points, scoredAt, offences, 0, 0, peaks);
    }

    /** The same points with the listing that the trust state has, or none. */
    public SenderScore withListing(TrustState state, Instant at) {
        boolean listed = state.tierAt(at.getEpochSecond()).isListed();
        Listing listing = listed ? state.listing() : Listing.NONE;
        return new SenderScore(points, scoredAt, offences, listing.since(), listing.until(), peaks);
    }

    /** The later points, and the higher numbers, of two scores of the same node, one of which may include the other. */
    public SenderScore joinedWith(SenderScore other) {
        boolean isLater = scoredAt > other.scoredAt || scoredAt == other.scoredAt && points >= other.points;
        SenderScore later = isLater ? this : other;
        return new SenderScore(
                later.points,
                later.scoredAt,
                Math.max(offences, other.offences),
                Math.max(listedSince, other.listedSince),
                Math.max(listedUntil, other.listedUntil),
                later.peaks);
    }

    /** Whether the sender is listed, exempt or not. */
    public boolean isListed(Instant now) {
        return now.isBefore(Instant.ofEpochSecond(listedUntil));
    }
}
