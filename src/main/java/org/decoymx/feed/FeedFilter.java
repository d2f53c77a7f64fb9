package org.decoymx.feed;

/**
 * Selects entries of the blocklist, as requested by the query parameters of a feed.
 *
 * @param family address family of the entries
 * @param minPoints minimum of points when the sender was last scored; 0 for all entries
 * @param aggregate whether adjacent networks are merged into the network that they fill
 */
record FeedFilter(FamilyFilter family, int minPoints, boolean aggregate) {
    static final FeedFilter ALL = ofFamily(FamilyFilter.BOTH);

    /** Upper limit of {@link #minPoints}; more than any sender has. */
    static final int MAX_POINTS = 100_000;

    /** IPv4, IPv6 or both. */
    enum FamilyFilter {
        V4("?family=4"),
        V6("?family=6"),
        BOTH("");

        private final String queryString;

        FamilyFilter(String queryString) {
            this.queryString = queryString;
        }

        /** The query part of a feed URL that selects this family. */
        String queryString() {
            return queryString;
        }

        boolean includes(boolean v6) {
            return this != (v6 ? V4 : V6);
        }
    }

    /** A filter for all entries of a family. */
    static FeedFilter ofFamily(FamilyFilter family) {
        return new FeedFilter(family, 0, false);
    }

    boolean matchesAll() {
        return equals(ALL);
    }
}
