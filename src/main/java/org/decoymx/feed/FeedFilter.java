package org.decoymx.feed;

/**
 * The part of the list that a reader asked for.
 *
 * @param family only entries of this one
 * @param minPoints only entries that had so many points when they were last given some; 0 for all
 * @param aggregate whether networks side by side are written as the larger one that they fill
 */
record FeedFilter(FamilyFilter family, int minPoints, boolean aggregate) {
    static final FeedFilter ALL = ofFamily(FamilyFilter.BOTH);

    /** More than anybody has. */
    static final int MAX_POINTS = 100_000;

    /** A family of addresses, or both. */
    enum FamilyFilter {
        V4("?family=4"),
        V6("?family=6"),
        BOTH("");

        private final String queryString;

        FamilyFilter(String query) {
            this.queryString = query;
        }

        /** What asks for it in a URL. */
        String queryString() {
            return queryString;
        }

        boolean includes(boolean v6) {
            return this != (v6 ? V4 : V6);
        }
    }

    /** All entries of a family. */
    static FeedFilter ofFamily(FamilyFilter family) {
        return new FeedFilter(family, 0, false);
    }

    boolean matchesAll() {
        return equals(ALL);
    }
}
