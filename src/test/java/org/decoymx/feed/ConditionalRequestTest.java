package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.vertx.core.MultiMap;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110 section 13. */
class ConditionalRequestTest {
    private static final CachedBody BODY =
            new CachedBody(Unpooled.EMPTY_BUFFER, Instant.parse("2026-11-05T10:11:12Z"), "abc", body -> {});

    private static boolean isUnchanged(String name, String value) {
        return ConditionalRequest.isNotModified(
                MultiMap.caseInsensitiveMultiMap().add(name, value), BODY);
    }

    @Test
    void noCondition_isNotMet() {
        assertThat(ConditionalRequest.isNotModified(MultiMap.caseInsensitiveMultiMap(), BODY))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"abc\"", "W/\"abc\"", "*", "\"x\", \"abc\"", "\"x\",W/\"abc\" ,\"y\""})
    void tagOfTheBody_isUnchanged(String tags) {
        assertThat(isUnchanged("If-None-Match", tags)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"\"", "", "abc", "\"ab\"", "\"abcd\"", "'abc'", "W/abc", "w/\"abc\"", "W/", ",,", "\"", "W/\""
            })
    void anotherTag_isNot(String tags) {
        assertThat(isUnchanged("If-None-Match", tags)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'Thu, 05 Nov 2026 10:11:12 GMT', true",
        "'Thu, 05 Nov 2026 10:11:11 GMT', false",
        "'Thu, 05 Nov 2026 10:11:13 GMT', true",
        "'Thu, 5 Nov 2026 10:11:12 GMT', true",
        "'Thu, 05 Nov 2026 11:11:12 +0100', true",
        "'Fri, 06 Nov 2026 00:00:00 GMT', true",
        "'Sun, 06 Nov 1994 08:49:37 GMT', false",
        "'Thu, 31 Dec 2099 00:00:00 GMT', true",
        "yesterday, false",
        "'', false"
    })
    void date_isComparedAsADate(String date, boolean unchanged) {
        assertThat(isUnchanged("If-Modified-Since", date)).isEqualTo(unchanged);
    }

    @Test
    void tags_mayStandInSeveralFields() {
        MultiMap two = MultiMap.caseInsensitiveMultiMap()
                .add("If-None-Match", "\"other\"")
                .add("If-None-Match", "\"abc\"");
        assertThat(ConditionalRequest.isNotModified(two, BODY)).isTrue();
    }

    @Test
    void tags_countMoreThanADate() {
        MultiMap both = MultiMap.caseInsensitiveMultiMap()
                .add("If-None-Match", "\"other\"")
                .add("If-Modified-Since", "Thu, 05 Nov 2026 10:11:12 GMT");
        assertThat(ConditionalRequest.isNotModified(both, BODY)).isFalse();
    }
}
