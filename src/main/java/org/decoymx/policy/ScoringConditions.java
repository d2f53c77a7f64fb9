package org.decoymx.policy;

import java.time.Instant;
import java.util.List;
import org.decoymx.net.IpPrefix;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.Sighting;
import org.jspecify.annotations.Nullable;

/** What must hold for a session to count at all, whatever the sender did in it. */
final class ScoringConditions {
    private final ExemptNetworks exemptNetworks;
    private final PrimaryVisits primaryVisits;
    private final OutageWindows outages;
    private final DeliveryAttempts attempts;
    private final TrustSettings settings;

    ScoringConditions(
            ExemptNetworks exemptNetworks,
            PrimaryVisits primaryVisits,
            OutageWindows outages,
            DeliveryAttempts attempts,
            TrustSettings settings) {
        this.exemptNetworks = exemptNetworks;
        this.primaryVisits = primaryVisits;
        this.outages = outages;
        this.attempts = attempts;
        this.settings = settings;
    }

    /** The refused transactions of a session that are not excused by a visit to a primary. */
    List<CaughtEnvelopes> findCounted(Sighting sighting, IpPrefix origin) {
        List<CaughtEnvelopes> counted = attempts.findCounted(origin, sighting.caught());
        attempts.holdExcused(origin, sighting, counted);
        return counted;
    }

    /**
     * Why a session is not scored; null if it is.
     *
     * @param origin its address
     * @param counted see {@link #findCounted}
     */
    @Nullable
    SkipReason findSkipReason(Sighting sighting, IpPrefix origin, List<CaughtEnvelopes> counted) {
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
        if (primaryVisits.acceptedDays(origin).isKnown(settings, at.getEpochSecond())) {
            return SkipReason.KNOWN;
        }
        return counted.isEmpty() && !sighting.caught().isEmpty() ? SkipReason.WITNESSED : null;
    }
}
