package org.decoymx.primary;

import java.time.Instant;

/**
 * From when to when somebody was seen, in one number: the first and the last second since 1970, unsigned, 32 bits each. In
 * between there is no pause longer than the window.
 */
final class SeenInterval {
    /** Never seen. */
    static final long NEVER = 0;

    private static final long MAX_SECOND = 0xffff_ffffL;

    private SeenInterval() {}

    static long of(long first, long last) {
        return first << Integer.SIZE | last;
    }

    static long first(long span) {
        return span >>> Integer.SIZE;
    }

    static long last(long span) {
        return span & MAX_SECOND;
    }

    /** The second of a moment; moments that cannot be told are put to the nearest that can. */
    static long toSecond(Instant at) {
        return Math.max(1, Math.min(at.getEpochSecond(), MAX_SECOND));
    }

    /**
     * The span with one more time: one that is later by more than the window begins a new span, and one that is earlier by
     * more says nothing that is still asked for.
     *
     * @param window seconds
     */
    static long extend(long span, long at, long window) {
        if (span == NEVER || at - last(span) > window) {
            return of(at, at);
        }
        return first(span) - at > window ? span : of(Math.min(first(span), at), Math.max(last(span), at));
    }

    /** Whether there is a time in it within the window before a session, or at its very second. */
    static boolean isWithinWindow(long span, long session, long window) {
        return span != NEVER && session >= first(span) && session - last(span) <= window;
    }
}
