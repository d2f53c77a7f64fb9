package org.decoymx.policy;

/**
 * The result of an observation.
 *
 * @param state the state to keep
 * @param change what changed, and why
 */
public record TrustOutcome(TrustState state, TrustChange change) {}
