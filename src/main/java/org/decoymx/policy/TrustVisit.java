package org.decoymx.policy;

import org.decoymx.net.IpPrefix;

/**
 * One recipient of a message at a primary, for the {@link TrustIndex}.
 *
 * @param at seconds since 1970
 * @param envelope its hash; see {@link org.decoymx.sighting.EnvelopeHasher}
 * @param mayDefer whether the verdict decides, or the primary has put it off itself: then a deferral is remembered
 */
public record TrustVisit(
        IpPrefix client, long at, long envelope, boolean nullReversePath, VisitResult result, boolean mayDefer) {}
