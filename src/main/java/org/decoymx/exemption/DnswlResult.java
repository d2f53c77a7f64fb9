package org.decoymx.exemption;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Result of the allowlist queries for one sender.
 *
 * @param exemption why the sender is exempt, as the end of a sentence; null when it is not on an allowlist
 * @param ttl how long the result is fresh
 */
record DnswlResult(@Nullable String exemption, Duration ttl) {
    private static final Duration RESULT_TTL = Duration.ofHours(1);
    private static final Duration FAILURE_TTL = Duration.ofSeconds(10);

    /** All allowlists answered and none lists the sender. */
    static final DnswlResult NOT_LISTED = new DnswlResult(null, RESULT_TTL);

    /** An allowlist did not answer, and no other lists the sender. */
    static final DnswlResult FAILURE = new DnswlResult(null, FAILURE_TTL);

    /**
     * An allowlist lists the sender.
     *
     * @param code the return code, an address in 127.0.0.0/8 (RFC 5782)
     */
    static DnswlResult listed(String zone, String code) {
        return new DnswlResult("listed by " + zone + " (" + code + ")", RESULT_TTL);
    }

    /** Whether an allowlist lists the sender. */
    boolean isListed() {
        return exemption != null;
    }
}
