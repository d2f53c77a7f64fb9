package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Conditional requests, RFC 9110 section 13. */
class ConditionalRequestTest {
    private static boolean isNotModified(MultiMap headers) {
        return ConditionalRequest.isNotModified(headers, "\"abc\"", Instant.parse("2026-11-05T10:11:12Z"));
    }

    private static boolean isNotModified(String name, String value) {
        return isNotModified(MultiMap.caseInsensitiveMultiMap().add(name, value));
    }

    @Test
    void noCondition_isModified() {
        assertThat(isNotModified(MultiMap.caseInsensitiveMultiMap())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"abc\"", "W/\"abc\"", "*", "\"x\", \"abc\"", "\"x\",W/\"abc\" ,\"y\""})
    void entityTagOfBody_isNotModified(String tags) {
        assertThat(isNotModified("If-None-Match", tags)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"\"", "", "abc", "\"ab\"", "\"abcd\"", "'abc'", "W/abc", "w/\"abc\"", "W/", ",,", "\"", "W/\""
            })
    void otherEntityTag_isModified(String tags) {
        assertThat(isNotModified("If-None-Match", tags)).isFalse();
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
        "'Thursday, 05-Nov-26 10:11:12 GMT', true",
        "'Thursday, 05-Nov-26 10:11:11 GMT', false",
        "'Thu Nov  5 10:11:12 2026', true",
        "'Thu Nov  5 10:11:11 2026', false",
        "yesterday, false",
        "'', false"
    })
    void ifModifiedSince_isComparedAsDate(String date, boolean notModified) {
        assertThat(isNotModified("If-Modified-Since", date)).isEqualTo(notModified);
    }

    @Test
    void entityTagInSecondField_isNotModified() {
        MultiMap two = MultiMap.caseInsensitiveMultiMap()
                .add("If-None-Match", "\"other\"")
                .add("If-None-Match", "\"abc\"");
        assertThat(isNotModified(two)).isTrue();
    }

    @Test
    void matchingEntityTag_takesPrecedenceOverDate() {
        MultiMap both = MultiMap.caseInsensitiveMultiMap()
                .add("If-None-Match", "\"abc\"")
                .add("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT");
        assertThat(isNotModified(both)).isTrue();
    }

    @Test
    void entityTag_takesPrecedenceOverDate() {
        MultiMap both = MultiMap.caseInsensitiveMultiMap()
                .add("If-None-Match", "\"other\"")
                .add("If-Modified-Since", "Thu, 05 Nov 2026 10:11:12 GMT");
        assertThat(isNotModified(both)).isFalse();
    }
}
