package org.decoymx.blocklist;

/** The start and the end of a listing as one number: two unsigned 32-bit counts of seconds since 1970. */
final class ListedInterval {
    /** The interval of an origin that is not listed. */
    static final long NOT_LISTED = 0;

    private static final int SECOND_BITS = 32;
    private static final long MAX_SECOND = 0xffff_ffffL;

    private ListedInterval() {}

    /** Clamps seconds before 1970 and after 2106. */
    static long pack(long since, long until) {
        return clamp(since) << SECOND_BITS | clamp(until);
    }

    private static long clamp(long second) {
        return Math.max(0, Math.min(second, MAX_SECOND));
    }

    static long since(long interval) {
        return interval >>> SECOND_BITS;
    }

    static long until(long interval) {
        return interval & MAX_SECOND;
    }
}
