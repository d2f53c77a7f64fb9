package org.decoymx.ledger;

import org.jspecify.annotations.Nullable;

/**
 * The score of a session.
 *
 * @param points the points of the session, even if it is not scored
 * @param skipReason why the session is not scored; null if it is
 */
public record SessionScore(double points, @Nullable SkipReason skipReason) {

    /** The score of a session without points. */
    public static final SessionScore ZERO = new SessionScore(0, null);
}
