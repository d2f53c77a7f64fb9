package org.decoymx.policy;

import java.time.Duration;

/**
 * The settings of the policy.
 *
 * @param mode whether listed senders are published
 * @param threshold points at which a sender is listed
 * @param halfLife half-life of the points
 * @param ttl duration of the first listing of a sender; each further listing is twice as long
 * @param maxTtl maximum duration of a listing
 * @param forgiveAfter this long after a listing ended, and without new points, earlier listings no longer count
 * @param widenAt an IPv4 /24 with this many listed addresses is listed as a whole; 0 turns this off
 * @param weights the points of a session
 * @param minNodes a sender that fewer nodes caught is not listed, unless by hand
 */
public record PolicySettings(
        PolicyMode mode,
        double threshold,
        Duration halfLife,
        Duration ttl,
        Duration maxTtl,
        Duration forgiveAfter,
        int widenAt,
        SessionWeights weights,
        int minNodes) {

    /** Whether the decoy is in trial mode. */
    public boolean isTrial() {
        return mode == PolicyMode.TRIAL;
    }
}
