package org.decoymx.feed;

import org.decoymx.blocklist.TierFilter;

/**
 * Selects entries of the blocklist, as requested by the query parameters of a feed.
 *
 * @param family address family of the entries
 * @param tier tier of the entries
 * @param minPoints minimum of points when the sender was last scored; 0 for all entries
 * @param aggregate whether adjacent networks are merged into the network that they fill
 */
record FeedFilter(FamilyFilter family, TierFilter tier, int minPoints, boolean aggregate) {
    /** Upper limit of {@link #minPoints}; more than any sender has. */
    static final int MAX_POINTS = 100_000;

    /** IPv4, IPv6 or both. */
    enum FamilyFilter {
        V4("&family=4"),
        V6("&family=6"),
        BOTH("");

        private final String parameter;

        FamilyFilter(String parameter) {
            this.parameter = parameter;
        }

        boolean includes(boolean v6) {
            return this != (v6 ? V4 : V6);
        }
    }

    /** A filter for all entries of a family in a tier. */
    static FeedFilter of(FamilyFilter family, TierFilter tier) {
        return new FeedFilter(family, tier, 0, false);
    }

    /** A filter for all entries in a tier. */
    static FeedFilter of(TierFilter tier) {
        return of(FamilyFilter.BOTH, tier);
    }

    /** Whether all entries of the tier are selected. */
    boolean isWholeTier() {
        return equals(of(tier));
    }

    /** The URL of the feed with the entries that the changes of this filter lead to. */
    String plainFeedUrl() {
        return "/feeds/plain?tier=" + tier.text() + family.parameter;
    }
}
