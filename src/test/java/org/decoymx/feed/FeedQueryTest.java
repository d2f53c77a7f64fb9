package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.MultiMap;
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
        assertThat(FeedQuery.parseFilter(parameters(""))).isEqualTo(FeedFilter.ALL);
        assertThat(FeedQuery.parseChanges(parameters("")).since()).isEmpty();
        assertThat(FeedQuery.parseChanges(parameters("")).family()).isEqualTo(FamilyFilter.BOTH);
    }

    @Test
    void parameters_selectEntries() {
        assertThat(FeedQuery.parseFilter(parameters("family=6&min-points=20&aggregate=true")))
                .isEqualTo(new FeedFilter(FamilyFilter.V6, 20, true));
        assertThat(FeedQuery.parseFilter(parameters("family=4&aggregate=false")))
                .isEqualTo(FeedFilter.ofFamily(FamilyFilter.V4));
        assertThat(FeedQuery.parseChanges(parameters("since=1767225600")).since())
                .contains(1_767_225_600L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "family=5", "family=", "min-points=-1", "min-points=1.5", "min-points=100001",
                        "min-points=9999999999999",
                "min-points=", "aggregate=yes", "aggregate=", "since=1", "x=1", "family=4&family=4"
            })
    void invalidParameter_isRejected_withAllowedValues_andNotQuoted(String query) {
        assertThatThrownBy(() -> FeedQuery.parseFilter(parameters(query)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(".*(must be (4 or 6|true or false|a whole number.*)"
                        + "|one each of aggregate, family, min-points)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"since=x", "since=-1", "since=1&since=2", "min-points=1", "since=1234567890123"})
    void invalidParameterOfChanges_isRejected(String query) {
        assertThatThrownBy(() -> FeedQuery.parseChanges(parameters(query)).since())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("since must be a whole number|.*one each of family, since");
    }
}
