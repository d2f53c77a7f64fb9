package org.decoymx.policy;

/**
 * What one observation did to a sender. Times are seconds since 1970, 0 for none.
 *
 * @param before the tier before
 * @param after the tier after; the same if nothing changed
 * @param cause why
 * @param at the time of the observation
 * @param until when the tier ends by itself; 0 for {@link Tier#NONE}
 */
public record TrustChange(Tier before, Tier after, TrustCause cause, long at, long until) {

    /** Whether the tier is another one than before. */
    public boolean changesTier() {
        return before != after;
    }
}
