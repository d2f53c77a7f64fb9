package org.decoymx.ledger;

import org.jspecify.annotations.Nullable;

/**
 * What a session weighs against its sender.
 *
 * @param points 0 when there is nothing against it
 * @param skipReason why the points do not count; null when they do
 */
public record SessionScore(double points, @Nullable SkipReason skipReason) {

    /** Of a session that has nothing against it. */
    public static final SessionScore ZERO = new SessionScore(0, null);
}
