package org.decoymx.policy;

import java.time.Instant;
import org.decoymx.net.IpPrefix;
import org.decoymx.sighting.Sighting;
import org.jspecify.annotations.Nullable;

/** What must hold for a session to count at all, whatever the sender did in it. */
final class ScoringConditions {
    private final ExemptNetworks exemptNetworks;
    private final PrimaryVisits primaryVisits;
    private final OutageWindows outages;

    ScoringConditions(ExemptNetworks exemptNetworks, PrimaryVisits primaryVisits, OutageWindows outages) {
        this.exemptNetworks = exemptNetworks;
        this.primaryVisits = primaryVisits;
        this.outages = outages;
    }

    /**
     * Why a session is not scored; null if it is.
     *
     * @param origin its sender
     */
    @Nullable
    SkipReason findSkipReason(Sighting sighting, IpPrefix origin) {
        Instant at = sighting.seenAt();
        if (exemptNetworks.findReason(origin).isPresent()) {
            return SkipReason.EXEMPT;
        }
        if (exemptNetworks.isUnanswered(origin)) {
            return SkipReason.UNANSWERED;
        }
        if (!exemptNetworks.isComplete()) {
            return SkipReason.SPF_UNKNOWN;
        }
        if (outages.isScoringPaused(at)) {
            return SkipReason.OUTAGE;
        }
        return primaryVisits.wasSeenBefore(origin, at) ? SkipReason.WITNESSED : null;
    }
}
