package org.decoymx.policy;

import org.decoymx.net.IpPrefix;

/**
 * One recipient of a message at a primary, for the {@link TrustIndex}.
 *
 * @param at seconds since 1970
 * @param envelope its hash; see {@link org.decoymx.sighting.EnvelopeHasher}
 * @param mayDefer whether the verdict decides, or the primary has put it off itself: then a deferral is remembered
 * @param ifPermitted see {@link EnvelopeVisit#ifPermitted}; deferrals of suspects never count as given in any case
 */
public record TrustVisit(
        IpPrefix client,
        long at,
        long envelope,
        boolean nullReversePath,
        VisitResult result,
        boolean mayDefer,
        boolean ifPermitted)
        implements PrimaryReport {

    /** A visit whose deferral is given in any case. */
    public TrustVisit(
            IpPrefix client, long at, long envelope, boolean nullReversePath, VisitResult result, boolean mayDefer) {
        this(client, at, envelope, nullReversePath, result, mayDefer, false);
    }

    /** The same for the rules; the parameters are those of {@link EnvelopeVisit}. */
    EnvelopeVisit toEnvelopeVisit(boolean returnsFromNetwork, ReportCoverage coverage, boolean shared) {
        return new EnvelopeVisit(
                at, envelope, nullReversePath, result, returnsFromNetwork, coverage, ifPermitted, shared);
    }
}
