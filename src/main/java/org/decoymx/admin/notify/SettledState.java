package org.decoymx.admin.notify;

import java.time.Duration;
import java.time.Instant;

/**
 * A state that is told only once it has lasted for some time, so that what fails for a moment is not told. Not
 * thread-safe.
 */
final class SettledState<T> {
    static final Duration SETTLE_TIME = Duration.ofSeconds(20);

    private T settled;
    private T latest;
    private Instant since;

    SettledState(T good, Instant now) {
        settled = good;
        latest = good;
        since = now;
    }

    /** Takes the present state. Returns whether another one than before has settled. */
    boolean update(T now, Instant at) {
        if (!now.equals(latest)) {
            latest = now;
            since = at;
        }
        boolean changed = !latest.equals(settled) && !at.isBefore(since.plus(SETTLE_TIME));
        settled = changed ? latest : settled;
        return changed;
    }

    /** The state that has settled last. */
    T settled() {
        return settled;
    }
}
