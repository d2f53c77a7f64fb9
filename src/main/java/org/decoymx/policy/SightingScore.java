package org.decoymx.policy;

import java.util.List;
import org.decoymx.sighting.CaughtEnvelopes;
import org.jspecify.annotations.Nullable;

/**
 * What a sighting changes.
 *
 * @param score the new score of the sender at this node
 * @param sessionPoints the points of the session so far; {@link #SKIPPED} if the session is not scored,
 *     {@link #WITNESSED} if none of its transactions is scored yet
 * @param skipReason why the session is not scored; null if it is, or if the reason was reported before
 * @param counted the refused transactions in the sighting that count
 */
public record SightingScore(
        SenderScore score, double sessionPoints, @Nullable SkipReason skipReason, List<CaughtEnvelopes> counted) {

    /** The points of a session that is not scored: more than any session has, so later sightings add nothing. */
    public static final double SKIPPED = Double.POSITIVE_INFINITY;

    /** The points of a session whose transactions so far are excused, or do not count by DNS; a later one may. */
    public static final double WITNESSED = -1;
}
