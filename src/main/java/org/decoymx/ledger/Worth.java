package org.decoymx.ledger;

import org.jspecify.annotations.Nullable;

/**
 * What a session weighs against its sender.
 *
 * @param points 0 when there is nothing against it
 * @param waiver why the points do not count; null when they do
 */
public record Worth(double points, @Nullable Waiver waiver) {

    /** Of a session that has nothing against it. */
    public static final Worth NOTHING = new Worth(0, null);
}
