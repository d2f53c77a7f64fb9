package org.decoymx.admin.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Limits the notifications of a kind: {@value #BURST} at once, and then one every ten minutes. Each has the whole
 * state, so of those that come meanwhile only the latest is told, with the number of the others. Thread-safe.
 */
final class Topic {
    static final int BURST = 6;
    static final Duration INTERVAL = Duration.ofMinutes(10);

    private double room = BURST;
    private Instant measuredAt;
    private @Nullable Notification held;

    /**
     * @param now by a clock that is never set
     */
    Topic(Instant now) {
        measuredAt = now;
    }

    /** Whether a notification would be told at once. */
    synchronized boolean hasRoom(Instant now) {
        room = Math.min(BURST, room + (double) Duration.between(measuredAt, now).toMillis() / INTERVAL.toMillis());
        measuredAt = now;
        return held == null && room >= 1;
    }

    /** Takes a notification. Returns it if it is to be told at once. */
    synchronized Optional<Notification> offer(Notification next, Instant now) {
        Notification before = held;
        held = before == null ? next : next.afterOmitted(before.omitted() + 1);
        return release(now);
    }

    /** The latest of those that were kept back, if it is to be told now. */
    synchronized Optional<Notification> release(Instant now) {
        Notification next = held;
        held = null;
        if (next != null && !hasRoom(now)) {
            held = next;
            return Optional.empty();
        }
        room -= next == null ? 0 : 1;
        return Optional.ofNullable(next);
    }
}
