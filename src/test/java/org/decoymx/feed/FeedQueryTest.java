package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.MultiMap;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.feed.FeedFilter.FamilyFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeedQueryTest {

    /** Parses a query such as {@code family=4&since=1}. */
    private static MultiMap parameters(String query) {
        MultiMap parameters = MultiMap.caseInsensitiveMultiMap();
        for (String parameter : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            parameters.add(parameter.substring(0, equals), parameter.substring(equals + 1));
        }
        return parameters;
    }

    @Test
    void noParameters_selectAllEntries() {
        assertThat(FeedQuery.parseFilter(parameters(""), TierFilter.ALL)).isEqualTo(FeedFilter.of(TierFilter.ALL));
        assertThat(FeedQuery.parseChanges(parameters("")).since("")).isEmpty();
        assertThat(FeedQuery.parseChanges(parameters("")).changesFilter())
                .isEqualTo(FeedFilter.of(TierFilter.CONFIRMED));
    }

    @Test
    void parameters_selectEntries() {
        assertThat(FeedQuery.parseFilter(parameters("family=6&min-points=20&aggregate=true"), TierFilter.ALL))
                .isEqualTo(new FeedFilter(FamilyFilter.V6, TierFilter.ALL, 20, true));
        assertThat(FeedQuery.parseFilter(parameters("family=4&aggregate=false"), TierFilter.ALL))
                .isEqualTo(FeedFilter.of(FamilyFilter.V4, TierFilter.ALL));
        assertThat(FeedQuery.parseChanges(parameters("since=1767225600")).since(""))
                .contains(1_767_225_600L);
    }

    @Test
    void tier_overridesTheDefault() {
        assertThat(FeedQuery.parseFilter(parameters(""), TierFilter.CONFIRMED).tier())
                .isEqualTo(TierFilter.CONFIRMED);
        assertThat(FeedQuery.parseFilter(parameters("tier=all"), TierFilter.CONFIRMED)
                        .tier())
                .isEqualTo(TierFilter.ALL);
        assertThat(FeedQuery.parseFilter(parameters("tier=suspect&family=4"), TierFilter.CONFIRMED))
                .isEqualTo(FeedFilter.of(FamilyFilter.V4, TierFilter.SUSPECT));
        assertThat(FeedQuery.parseChanges(parameters("tier=all&family=6")).changesFilter())
                .isEqualTo(FeedFilter.of(FamilyFilter.V6, TierFilter.ALL));
    }

    @Test
    void plainFeedUrl_selectsTheSameEntries() {
        assertThat(FeedFilter.of(TierFilter.CONFIRMED).plainFeedUrl()).isEqualTo("/feeds/plain?tier=confirmed");
        assertThat(FeedFilter.of(FamilyFilter.V4, TierFilter.ALL).plainFeedUrl())
                .isEqualTo("/feeds/plain?tier=all&family=4");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "family=5",
                "family=",
                "min-points=-1",
                "min-points=1.5",
                "min-points=100001",
                "min-points=9999999999999",
                "min-points=",
                "tier=",
                "tier=both",
                "tier=CONFIRMED",
                "tier=none",
                "aggregate=yes",
                "aggregate=",
                "since=1",
                "x=1",
                "family=4&family=4"
            })
    void invalidParameter_isRejected_withAllowedValues_andNotQuoted(String query) {
        assertThatThrownBy(() -> FeedQuery.parseFilter(parameters(query), TierFilter.ALL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(".*(must be (4 or 6|true or false|suspect, confirmed or all|a whole number.*)"
                        + "|one each of aggregate, family, min-points, tier)");
    }

    @Test
    void sinceOfAnotherNode_isUnknown() {
        FeedQuery query = FeedQuery.parseChanges(parameters("since=1767225600-0a1b2c"));
        assertThat(query.since("0a1b2c")).contains(1_767_225_600L);
        assertThat(query.since("0a1b2d")).contains(-1L);
        assertThat(query.since("")).contains(-1L);
        assertThat(FeedQuery.parseChanges(parameters("since=1767225600")).since("0a1b2c"))
                .contains(-1L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "since=1-0A1B2C",
                "since=1-",
                "since=1-0a1b2",
                "since=x",
                "since=-1",
                "since=1&since=2",
                "min-points=1",
                "since=1234567890123"
            })
    void invalidParameterOfChanges_isRejected(String query) {
        assertThatThrownBy(() -> FeedQuery.parseChanges(parameters(query)).since(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("since must be a whole number|.*one each of family, since, tier");
    }
}
