package org.decoymx.blocklist;

/** When a listing began and when it ends, as one number: two unsigned 32-bit counts of seconds since 1970. */
final class ListedInterval {
    /** Of an origin that is not listed. */
    static final long NOT_LISTED = 0;

    private static final int SECOND_BITS = 32;
    private static final long MAX_SECOND = 0xffff_ffffL;

    private ListedInterval() {}

    /** Seconds before 1970 and after 2106 become the nearest that there is. */
    static long pack(long since, long until) {
        return clamp(since) << SECOND_BITS | clamp(until);
    }

    private static long clamp(long second) {
        return Math.max(0, Math.min(second, MAX_SECOND));
    }

    static long since(long times) {
        return times >>> SECOND_BITS;
    }

    static long until(long times) {
        return times & MAX_SECOND;
    }
}
