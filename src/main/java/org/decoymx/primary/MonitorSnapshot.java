package org.decoymx.primary;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.decoymx.policy.OutageWindow;

/**
 * State of the monitor that is saved across restarts.
 *
 * @param windows outages, oldest first
 * @param lastUpAt last successful probe of each host
 */
record MonitorSnapshot(List<OutageWindow> windows, Map<String, Instant> lastUpAt) {

    /** The last successful probe of any host; times after now come from a clock that was ahead. */
    Optional<Instant> lastLook(Instant now) {
        return lastUpAt.values().stream().filter(at -> !at.isAfter(now)).max(Instant::compareTo);
    }
}
