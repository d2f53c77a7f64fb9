package org.decoymx.exemption;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What allowlists say of a sender.
 *
 * @param exemption why it is never listed, as the end of a sentence; null when no allowlist has it
 * @param keep how long this holds
 */
record Heard(@Nullable String exemption, Duration keep) {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofSeconds(10);

    /** No allowlist has it. */
    static final Heard NOTHING = new Heard(null, LONG);

    /** An allowlist that might have it did not answer. */
    static final Heard FAILURE = new Heard(null, SHORT);

    /**
     * An allowlist has it.
     *
     * @param code the address that the zone answered with
     */
    static Heard listed(String zone, String code) {
        return new Heard("listed by " + zone + " (" + code + ")", LONG);
    }

    /** Whether it is known that an allowlist has the sender. */
    boolean isListed() {
        return exemption != null;
    }
}
