package org.decoymx.policy;

import java.time.Duration;

/**
 * What the policy goes by.
 *
 * @param mode what comes of the decisions
 * @param threshold points at which a sender is listed
 * @param halfLife after this time half of the points are left
 * @param ttl how long a sender is listed the first time; twice as long at each relapse
 * @param maxTtl how long at most
 * @param forgiveAfter so long after its time on the list, without a further point, a sender is no relapser any more
 * @param widenAt when so many addresses of an IPv4 /24 are listed, all of it is; 0 for never
 * @param weights the points of what a session shows
 */
public record PolicySettings(
        PolicyMode mode,
        double threshold,
        Duration halfLife,
        Duration ttl,
        Duration maxTtl,
        Duration forgiveAfter,
        int widenAt,
        SessionWeights weights) {

    /** Whether the decoy is on trial. */
    public boolean isTrial() {
        return mode == PolicyMode.TRIAL;
    }
}
