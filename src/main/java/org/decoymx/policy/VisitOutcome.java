package org.decoymx.policy;

/**
 * The result of a visit to a primary.
 *
 * @param state the state to keep
 * @param verdict the answer to {@link VisitResult#ASKED}; after other results, what the next question would get
 * @param change what changed, and why
 */
public record VisitOutcome(TrustState state, VisitVerdict verdict, TrustChange change) {}
