package org.decoymx.policy;

import org.jspecify.annotations.Nullable;

/**
 * What a sighting changes.
 *
 * @param score the new score of the sender at this node
 * @param sessionPoints the points of the session so far; {@link #SKIPPED} if the session is not scored
 * @param skipReason why the session is not scored; null if it is, or if the reason was reported before
 */
public record SightingScore(
        SenderScore score, double sessionPoints, @Nullable SkipReason skipReason) {

    /** The points of a session that is not scored: more than any session has, so later sightings add nothing. */
    public static final double SKIPPED = Double.POSITIVE_INFINITY;
}
