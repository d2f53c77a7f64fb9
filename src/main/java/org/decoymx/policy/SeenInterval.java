package org.decoymx.policy;

import java.time.Instant;

/**
 * The time from the first to the last visit of a sender, packed into a long: seconds since 1970, unsigned, 32 bits
 * each. Between the two there is no gap longer than the window.
 */
public final class SeenInterval {
    /** The sender was never seen. */
    static final long NEVER = 0;

    private static final long MAX_SECOND = 0xffff_ffffL;

    private SeenInterval() {}

    static long of(long first, long last) {
        return first << Integer.SIZE | last;
    }

    /** The second of the first visit. */
    public static long first(long interval) {
        return interval >>> Integer.SIZE;
    }

    /** The second of the last visit. */
    public static long last(long interval) {
        return interval & MAX_SECOND;
    }

    /** Converts a time to seconds; times out of range become the nearest value in range. */
    static long toSecond(Instant at) {
        return Math.max(1, Math.min(at.getEpochSecond(), MAX_SECOND));
    }

    /**
     * Extends an interval by a visit. A visit later by more than the window starts a new interval. A visit earlier by
     * more than the window is ignored, because it no longer affects a decision.
     *
     * @param window in seconds
     */
    static long extend(long interval, long at, long window) {
        if (interval == NEVER || at - last(interval) > window) {
            return of(at, at);
        }
        return first(interval) - at > window
                ? interval
                : of(Math.min(first(interval), at), Math.max(last(interval), at));
    }
}
