package org.decoymx.policy;

import java.util.Map;
import org.decoymx.smtp.protocol.Trait;

/**
 * The points of what a session shows.
 *
 * @param rcpt of naming a protected recipient, and no more
 * @param data of a complete conversation for a protected recipient: up to DATA and its 451
 * @param traits of each trait; one that is not in the map has none
 */
public record SessionWeights(double rcpt, double data, Map<Trait, Double> traits) {}
