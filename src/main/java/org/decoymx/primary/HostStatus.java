package org.decoymx.primary;

import java.time.Duration;
import java.time.Instant;
import org.decoymx.primary.PrimaryMonitor.HostState;

/**
 * State of a monitored host.
 *
 * @param since when the host was first found in this state, or from when on it is monitored
 * @param error why it is down, or how it defers the probe; otherwise empty
 */
public record HostStatus(PrimaryHost host, HostState state, Instant since, String error) {
    private static final Duration MAX_DEFERRAL = Duration.ofMinutes(15);

    boolean isUp() {
        return state == HostState.UP;
    }

    public boolean isDown() {
        return state == HostState.DOWN;
    }

    boolean isDeferring() {
        return state == HostState.UNKNOWN && !error.isEmpty();
    }

    /** Whether it counts as down by now, because it may defer others too. */
    boolean isDeferringTooLong(Instant at) {
        return isDeferring() && !at.isBefore(since.plus(MAX_DEFERRAL));
    }

    /** Without the future: it was recorded while the clock was ahead. */
    HostStatus limitedTo(Instant now) {
        return since.isAfter(now) ? new HostStatus(host, state, now, error) : this;
    }

    static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    /** After it deferred the probe alone: unknown, or still down. */
    HostStatus deferred(Instant at, String reply) {
        return isDown() || isDeferring()
                ? new HostStatus(host, state, since, reply)
                : new HostStatus(host, HostState.UNKNOWN, at, reply);
    }
}
