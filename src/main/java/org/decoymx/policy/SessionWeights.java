package org.decoymx.policy;

import java.util.Map;
import org.decoymx.smtp.protocol.Trait;

/**
 * The points of a session.
 *
 * @param data for a complete conversation for a protected recipient: up to DATA and the 451 reply
 * @param traits for each trait; a trait that is not in the map has no points
 */
public record SessionWeights(double data, Map<Trait, Double> traits) {}
