package org.decoymx.policy;

import java.time.Duration;

/**
 * How long scoring stays paused after an outage of a primary MX: three times as long as the outage, because senders
 * remember a host that is down, and wait longer after each try.
 *
 * @param min the shortest time
 * @param max the longest time; not shorter than {@code min}
 */
public record OutageGrace(Duration min, Duration max) {
    private static final int FACTOR = 3;

    Duration after(Duration outage) {
        Duration inProportion = outage.multipliedBy(FACTOR);
        if (inProportion.compareTo(min) < 0) {
            return min;
        }
        return inProportion.compareTo(max) > 0 ? max : inProportion;
    }
}
