package org.decoymx.primary;

import org.decoymx.primary.PrimaryMonitor.HostState;

/**
 * The result of a probe.
 *
 * @param state {@link HostState#UNKNOWN} if the host only defers the probe
 * @param error why it is down, or how it defers the probe; empty if it is up
 */
record ProbeResult(HostState state, String error) {
    static final ProbeResult UP = new ProbeResult(HostState.UP, "");

    static ProbeResult deferred(String error) {
        return new ProbeResult(HostState.UNKNOWN, error);
    }

    static ProbeResult down(String error) {
        return new ProbeResult(HostState.DOWN, error);
    }

    boolean isUp() {
        return state == HostState.UP;
    }

    /** The result for a host with this address and another one: a sender that cannot use one tries the other. */
    ProbeResult or(ProbeResult other) {
        if (isUp() || other.isUp()) {
            return UP;
        }
        if (state != other.state) {
            return state == HostState.UNKNOWN ? this : other;
        }
        return error.equals(other.error) ? this : new ProbeResult(state, error + "; " + other.error);
    }
}
