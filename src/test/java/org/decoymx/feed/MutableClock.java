package org.decoymx.feed;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that the test advances. */
public final class MutableClock extends Clock {
    private volatile Instant now;

    /** A clock that stands still until it is advanced. */
    public MutableClock(Instant start) {
        now = start;
    }

    /** Moves it on, or back. */
    public void advance(Duration duration) {
        now = now.plus(duration);
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException();
    }
}
