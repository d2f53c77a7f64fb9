package org.decoymx.primary;

import java.time.Instant;

/** Since when nothing counts because a primary MX is down, or was until shortly before. Any thread may ask. */
public final class Outage {

    /** Whether a session at a moment does not count. */
    public boolean covers(Instant at) {
        return false;
    }
}
