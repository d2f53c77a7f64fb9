package org.decoymx.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrimaryVisitParserTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private final PrimaryVisitParser lines = new PrimaryVisitParser(NOW, Duration.ofDays(8));

    private void read(String text) throws Exception {
        lines.parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1, 0, false",
        "'  192.0.2.1  ', 192.0.2.1, 0, false",
        "2001:db8::1, 2001:db8::/64, 0, false",
        "::ffff:192.0.2.1, 192.0.2.1, 0, false",
        "192.0.2.1 2026-11-22T10:00:00Z, 192.0.2.1, 0, false",
        "192.0.2.1 2026-11-22T09:59:59Z, 192.0.2.1, -1, true",
        "192.0.2.1\t \t2026-11-22T09:59:00.25Z, 192.0.2.1, -59.75, true",
        "192.0.2.1 2026-11-22T11:00:00+01:00, 192.0.2.1, 0, false",
        "192.0.2.1 2026-11-22T11:00:00+0100, 192.0.2.1, 0, false",
        "192.0.2.1 1795341590, 192.0.2.1, -10, true",
        "192.0.2.1 2026-11-22T10:01:00Z, 192.0.2.1, 0, false",
        "192.0.2.1 2026-11-14T10:00:00Z, 192.0.2.1, -691200, true"
    })
    void good_isTaken(String line, String origin, double second, boolean late) throws Exception {
        read(line);
        assertThat(lines.visits()).singleElement().satisfies(seen -> {
            assertThat(seen.origin()).hasToString(origin);
            assertThat(seen.seenAt()).isEqualTo(NOW.plusMillis(Math.round(second * 1_000)));
        });
        assertThat(lines.hasPastVisits()).isEqualTo(late);
        assertThat(lines.invalidCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mx.example.org",
                "192.0.2.256",
                "192.0.2",
                "010.0.0.1",
                "192.0.2.0/24",
                "<script>alert(1)</script>",
                "192.0.2.1 yesterday",
                "192.0.2.1 2026-11-22",
                "192.0.2.1 2026-11-22T10:00:00",
                "192.0.2.1 2026-11-22T10:00:00Z more",
                "192.0.2.1 -1",
                "192.0.2.1 99999999999999999999",
                "192.0.2.1 2026-11-22T10:01:01Z",
                "192.0.2.1 +999999999-12-31T23:59:59Z",
                "192.0.2.1,198.51.100.1",
                "\u00e4"
            })
    void bad_isTold_andNotRepeated(String line) throws Exception {
        read("192.0.2.9\n" + line + "\n192.0.2.10");
        assertThat(lines.invalidCount()).isEqualTo(1);
        assertThat(lines.visits()).hasSize(2);
        assertThat(lines.errors()).singleElement().satisfies(wrong -> {
            assertThat(wrong.line()).isEqualTo(2);
            assertThat(wrong.error()).matches("(no IP address;|no time after|the time is) [ -~]+");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1 0", "192.0.2.1 2026-11-14T09:59:59Z", "192.0.2.1 -999999999-01-01T00:00:00Z"})
    void old_isCounted(String line) throws Exception {
        read(line);
        assertThat(lines.expiredCount()).isEqualTo(1);
        assertThat(lines.visits()).isEmpty();
        assertThat(lines.hasPastVisits()).isFalse();
    }

    @Test
    void blankLinesAndComments_arePassedOver() throws Exception {
        read("\r\n# a comment\r\n   \r\n192.0.2.1\r\n\t# another\r\n");
        assertThat(lines.lineCount()).isEqualTo(5);
        assertThat(lines.visits()).hasSize(1);
        assertThat(lines.invalidCount()).isZero();
    }

    @Test
    void errors_areToldOfTheFirstTen() throws Exception {
        read("x\n".repeat(25));
        assertThat(lines.invalidCount()).isEqualTo(25);
        assertThat(lines.errors()).hasSize(10);
    }

    @Test
    void longLine_isBad() throws Exception {
        read("192.0.2.1 " + "1".repeat(10_000) + "\n192.0.2.1");
        assertThat(lines.errors()).singleElement().satisfies(wrong -> assertThat(wrong.error())
                .contains("8192"));
        assertThat(lines.visits()).hasSize(1);
    }

    @Test
    void moreLinesThanAllowed_areRefused() throws Exception {
        read("192.0.2.1\n".repeat(PrimaryVisitParser.MAX_LINES));
        assertThat(lines.visits()).hasSize(PrimaryVisitParser.MAX_LINES);
        PrimaryVisitParser more = new PrimaryVisitParser(NOW, Duration.ofDays(8));
        assertThatThrownBy(() -> more.parse(new ByteArrayInputStream(
                        "\n".repeat(PrimaryVisitParser.MAX_LINES + 1).getBytes(StandardCharsets.US_ASCII))))
                .isInstanceOf(PrimaryVisitParser.TooManyLinesException.class);
    }
}
