package org.decoymx.primary;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.decoymx.ledger.Origin;

/**
 * Who talked to a primary MX, and when: each address, and each network (an IPv4 /24 or an IPv6 /64). Any thread may tell,
 * and any may ask.
 */
public final class Witnesses {
    private final Duration window;

    /**
     * @param window how long before its session a sender must have been seen at a primary to be exempt
     */
    public Witnesses(Duration window) {
        this.window = window;
    }

    /**
     * When an address was seen at a primary.
     *
     * @param first the first time, with no pause longer than the window since
     * @param last the latest time
     */
    public record Seen(Instant first, Instant last) {}

    /** Records that somebody talked to a primary, perhaps a while ago. */
    public void record(Origin origin, Instant at) {
        // not yet
    }

    /** Whether an origin, or its IPv4 /24, was seen at a primary within the window before a moment. */
    public boolean wasSeenBefore(Origin origin, Instant session) {
        return false;
    }

    /** When the origin itself was seen at a primary; empty when it was not, or too long ago. */
    public Optional<Seen> find(Origin origin) {
        return Optional.empty();
    }

    /** How long before its session a sender must have been seen at a primary to be exempt. */
    public Duration window() {
        return window;
    }
}
