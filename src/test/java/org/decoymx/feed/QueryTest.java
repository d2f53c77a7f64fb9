package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.MultiMap;
import org.decoymx.feed.Selection.Family;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {

    /** The parameters of a query like {@code family=4&since=1}. */
    private static MultiMap parameters(String query) {
        MultiMap parameters = MultiMap.caseInsensitiveMultiMap();
        for (String parameter : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            parameters.add(parameter.substring(0, equals), parameter.substring(equals + 1));
        }
        return parameters;
    }

    @Test
    void nothing_isEverything() {
        assertThat(Query.selection(parameters(""))).isEqualTo(Selection.ALL);
        assertThat(Query.changes(parameters("")).since()).isEmpty();
        assertThat(Query.changes(parameters("")).family()).isEqualTo(Family.BOTH);
    }

    @Test
    void parameters_selectAPart() {
        assertThat(Query.selection(parameters("family=6&min-points=20&aggregate=true")))
                .isEqualTo(new Selection(Family.V6, 20, true));
        assertThat(Query.selection(parameters("family=4&aggregate=false"))).isEqualTo(Selection.of(Family.V4));
        assertThat(Query.changes(parameters("since=1767225600")).since()).contains(1_767_225_600L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "family=5", "family=", "min-points=-1", "min-points=1.5", "min-points=100001",
                        "min-points=9999999999999",
                "min-points=", "aggregate=yes", "aggregate=", "since=1", "x=1", "family=4&family=4"
            })
    void whatIsNotUnderstood_isRefused_withWhatIsAllowed_andNotQuoted(String query) {
        assertThatThrownBy(() -> Query.selection(parameters(query)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(".*(is to be (4 or 6|true or false|a whole number.*)"
                        + "|one each of aggregate, family, min-points)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"since=x", "since=-1", "since=1&since=2", "min-points=1", "since=1234567890123"})
    void changes_thatAreNotUnderstood_areRefused(String query) {
        assertThatThrownBy(() -> Query.changes(parameters(query)).since())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("since is to be a whole number|.*one each of family, since");
    }
}
