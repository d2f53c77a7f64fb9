package org.decoymx.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.PolicySettings;
import org.decoymx.policy.Tier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bodies of PUT and DELETE on a sender. */
class ManualRequestTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.123Z");
    private static final long AT = NOW.getEpochSecond();
    private static final PolicySettings SETTINGS = PolicyFixtures.settings(PolicyMode.ENFORCE, Duration.ofHours(24));

    private static ManualDecision put(@Nullable String body) {
        return ManualRequest.parse(body, true, new ObjectMapper()).toDecision(NOW, SETTINGS);
    }

    private static ManualDecision delete(@Nullable String body, @Nullable String reason) {
        return ManualRequest.parse(body, false, new ObjectMapper()).toForgetting(NOW, reason);
    }

    @Test
    void put_withoutFields_confirmsForTheUsualTime() {
        ManualDecision usual = new ManualDecision(Tier.CONFIRMED, AT, AT + 86_400, "");
        assertThat(put(null)).isEqualTo(usual);
        assertThat(put(" ")).isEqualTo(usual);
        assertThat(put("{}")).isEqualTo(usual);
        assertThat(put("{\"tier\":\"cleared\"}")).isEqualTo(new ManualDecision(Tier.CLEARED, AT, AT + 30 * 86_400, ""));
    }

    @Test
    void put_withAllFields() {
        assertThat(put("{\"tier\":\"Suspect\",\"until\":\"2026-01-02T01:00:00+01:00\",\"reason\":\" Übel \"}"))
                .isEqualTo(new ManualDecision(Tier.SUSPECT, AT, AT + 86_400, "Übel"));
        assertThat(put("{\"for\":\"90m\"}").until()).isEqualTo(AT + 5_400);
    }

    @Test
    void delete_takesTheReasonFromQueryOrBody() {
        assertThat(delete(null, null)).isEqualTo(new ManualDecision(Tier.NONE, AT, 0, ""));
        assertThat(delete("", "a mistake").reason()).isEqualTo("a mistake");
        assertThat(delete("{\"reason\":\"a mistake\"}", null).reason()).isEqualTo("a mistake");
        assertThatThrownBy(() -> delete("{\"reason\":\"one\"}", "other")).hasMessageContaining("not in both");
        assertThatThrownBy(() -> delete("{\"tier\":\"suspect\"}", null)).hasMessageContaining("allowed are reason");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            [1]                                                  | must be a JSON object
            {                                                    | must be a JSON object
            reason=x                                             | must be a JSON object
            {"teir":"suspect"}                                   | 'teir'; allowed are tier, until, for, reason
            {"tier":1}                                           | tier: must be a string
            {"tier":"none"}                                      | is not one of suspect, confirmed, cleared
            {"until":"tomorrow"}                                 | example: 2026-12-31T18:00:00Z
            {"until":"2025-12-31T00:00:00Z"}                     | at most 3650 days ahead
            {"until":"2040-12-31T00:00:00Z"}                     | at most 3650 days ahead
            {"until":"2026-12-31T00:00:00Z","for":"1d"}          | set only one of them
            {"for":"1 day"}                                      | examples: 90m, 24h, 7d
            {"for":"0d"}                                         | examples: 90m, 24h, 7d
            {"for":"9999999d"}                                   | at most 3650 days ahead
            {"reason":"a\\nb"}                                    | one line of at most 200 printable characters
            """)
    void put_bad_saysWhatIsAllowed(String body, String message) {
        assertThatThrownBy(() -> put(body))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
