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
 * @param ifPermitted whether a deferral of ours is only given if no later restriction of the primary refuses the
 *     recipient for good, as with Postfix's {@code DEFER_IF_PERMIT}
 * @param shared whether another node reported it: then it may only excuse. What it could show against the sender, such
 *     as a deferral that the sender may give up on, is for the node that gave it to remember
 */
public record EnvelopeVisit(
        long at,
        long envelope,
        boolean nullReversePath,
        VisitResult result,
        boolean returnsFromNetwork,
        ReportCoverage coverage,
        boolean ifPermitted,
        boolean shared) {}
