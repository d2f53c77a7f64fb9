package org.decoymx.policy;

/**
 * One recipient of a message that was offered to a primary.
 *
 * @param at seconds since 1970
 * @param envelope its hash; see {@link org.decoymx.sighting.EnvelopeKey}
 * @param nullReversePath whether the reverse-path is {@code <>}
 * @param result what became of it
 * @param returnsFromNetwork whether {@link TrustRules#recordReturnFromNetwork} found that this envelope of a neighbor,
 *     caught before, came back with this visit: then the client shares a queue with that neighbor
 * @param coverage when a return could have been seen
 */
public record EnvelopeVisit(
        long at,
        long envelope,
        boolean nullReversePath,
        VisitResult result,
        boolean returnsFromNetwork,
        ReportCoverage coverage) {}
