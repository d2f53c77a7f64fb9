package org.decoymx.exemption;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What allowlists say of a sender.
 *
 * @param exemption why it is never listed, as the end of a sentence; null when no allowlist has it
 * @param ttl how long this holds
 */
record DnswlResult(@Nullable String exemption, Duration ttl) {
    private static final Duration RESULT_TTL = Duration.ofHours(1);
    private static final Duration FAILURE_TTL = Duration.ofSeconds(10);

    /** No allowlist has it. */
    static final DnswlResult NOT_LISTED = new DnswlResult(null, RESULT_TTL);

    /** An allowlist that might have it did not answer. */
    static final DnswlResult FAILURE = new DnswlResult(null, FAILURE_TTL);

    /**
     * An allowlist has it.
     *
     * @param code the address that the zone answered with
     */
    static DnswlResult listed(String zone, String code) {
        return new DnswlResult("listed by " + zone + " (" + code + ")", RESULT_TTL);
    }

    /** Whether it is known that an allowlist has the sender. */
    boolean isListed() {
        return exemption != null;
    }
}
