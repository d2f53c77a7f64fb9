package org.decoymx.blocklist;

/** When a listing began and when it ends, as one number: two unsigned 32-bit counts of seconds since 1970. */
final class Times {
    /** Of an origin that is not listed. */
    static final long NONE = 0;

    private static final int SECONDS = 32;
    private static final long MAX_SECOND = 0xffff_ffffL;

    private Times() {}

    /** Seconds before 1970 and after 2106 become the nearest that there is. */
    static long of(long since, long until) {
        return clamp(since) << SECONDS | clamp(until);
    }

    private static long clamp(long second) {
        return Math.max(0, Math.min(second, MAX_SECOND));
    }

    static long since(long times) {
        return times >>> SECONDS;
    }

    static long until(long times) {
        return times & MAX_SECOND;
    }
}
