package org.decoymx.policy;

import java.time.Duration;

/**
 * The times by which a sender is trusted.
 *
 * @param retryAfter an envelope that comes again returns, if it was first put off this long ago or longer
 * @param retryUntil and if it was last seen this long ago at most
 * @param abandonedAfter an envelope that did not come again for this time is abandoned; longer than the retry interval
 *     of common mail servers
 * @param clearedFirst a sender is cleared for this time after its first returns to a primary
 * @param clearedFor a sender is cleared for this time once several different envelopes returned; for this long after
 *     any return it is not confirmed
 * @param primaryRetryAfter a recipient that was deferred at a primary is accepted from this time on
 * @param knownDays a sender whose mail was accepted on this many days before its first catch is not caught; 0 turns
 *     this off
 * @param ttl duration of a suspicion
 * @param maxTtl maximum duration of a listing
 * @param forgiveAfter this long after the end of a listing, earlier ones no longer count
 */
public record TrustSettings(
        Duration retryAfter,
        Duration retryUntil,
        Duration abandonedAfter,
        Duration clearedFirst,
        Duration clearedFor,
        Duration primaryRetryAfter,
        int knownDays,
        Duration ttl,
        Duration maxTtl,
        Duration forgiveAfter) {

    /** The defaults of the configuration. */
    public static final TrustSettings DEFAULTS = new TrustSettings(
            Duration.ofMinutes(5),
            Duration.ofHours(5),
            Duration.ofHours(12),
            Duration.ofHours(24),
            Duration.ofDays(36),
            Duration.ofHours(1),
            5,
            Duration.ofHours(24),
            Duration.ofDays(30),
            Duration.ofDays(30));

    /** The duration of a confirmed listing, in seconds: twice the ttl at first, and twice as long at each relapse. */
    long confirmedSeconds(int relapses) {
        double seconds = ttl.toSeconds() * Math.pow(2, relapses);
        return (long) Math.min(seconds, (double) maxTtl.toSeconds());
    }

    /** Whether an envelope that comes now returns: not at once, as hammering does, and not as a new mailing does. */
    boolean isReturn(RememberedEnvelope envelope, long at) {
        return isRetry(envelope, at) && !isPaused(envelope, at);
    }

    /** Whether an envelope that comes now does not come at once, as hammering does. */
    boolean isRetry(RememberedEnvelope envelope, long at) {
        return at - envelope.firstAt() >= retryAfter.toSeconds();
    }

    /** Whether an envelope that was deferred at a primary returns late enough to be accepted. */
    boolean isReturnAfterDeferral(RememberedEnvelope envelope, long at) {
        return isReturn(envelope, at) && at - envelope.firstAt() >= primaryRetryAfter.toSeconds();
    }

    /** Whether an envelope that comes now comes too late to belong to the same delivery. */
    boolean isPaused(RememberedEnvelope envelope, long at) {
        return at - envelope.lastAt() > retryUntil.toSeconds();
    }

    /** Whether the sender gave up on an envelope, and its return could not have been missed. */
    boolean isAbandoned(RememberedEnvelope envelope, long at, ReportCoverage coverage) {
        long watchedUntil = envelope.lastAt() + abandonedAfter.toSeconds();
        boolean isOpen = !envelope.isSettled() && !envelope.has(RememberedEnvelope.ELSEWHERE);
        return isOpen && at > watchedUntil && coverage.isComplete(envelope.firstAt(), watchedUntil);
    }
}
