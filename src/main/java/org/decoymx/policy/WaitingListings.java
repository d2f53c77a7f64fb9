package org.decoymx.policy;

import java.util.OptionalLong;

/**
 * First listings that wait until all primary MX hosts are known to have been up after the catch: until probes were good
 * that began in a later second. Times are seconds since 1970. Thread-safe.
 */
public final class WaitingListings {
    private static final long NONE = Long.MAX_VALUE;
    private static final long CLOCK_TOLERANCE = 5;

    private long verifiedUntil = NONE;
    private long oldest = NONE;
    private long latest;

    /**
     * Whether a listing waits. What was listed by a clock that was ahead, or by hand, does not.
     *
     * @param now the current time
     */
    public synchronized boolean isWaiting(Listing listing, long now) {
        return listing.since() >= verifiedUntil && listing.since() <= now + CLOCK_TOLERANCE && !listing.byHand();
    }

    /** The same, and takes note of a listing that waits, so that a probe is wanted. */
    public synchronized boolean register(Listing listing, long now) {
        boolean waiting = isWaiting(listing, now);
        if (waiting) {
            latest = oldest == NONE ? listing.since() : Math.max(latest, listing.since());
            oldest = Math.min(oldest, listing.since());
        }
        return waiting;
    }

    /**
     * Takes the result of probes.
     *
     * @param until when the oldest of the last good probes of all hosts began; what was caught before counts
     * @return whether a listing that was registered no longer waits
     */
    public synchronized boolean verify(long until) {
        verifiedUntil = until;
        if (oldest >= until) {
            return false;
        }
        oldest = latest >= until ? until : NONE;
        return true;
    }

    /** No primary MX is known, so nothing waits. */
    public synchronized boolean verifyAll() {
        return verify(NONE);
    }

    /** Whether a probe that begins now would verify a listing that waits. */
    public synchronized boolean isProbeWanted(long now) {
        return oldest < now;
    }

    /**
     * Forgets the listings that wait, if one of them was caught before a time.
     *
     * @return until when the hosts are known to have been up, if there were any: later listings must be dropped
     */
    public synchronized OptionalLong dropIfWaitingSince(long before) {
        if (oldest >= before) {
            return OptionalLong.empty();
        }
        oldest = NONE;
        return OptionalLong.of(verifiedUntil);
    }
}
