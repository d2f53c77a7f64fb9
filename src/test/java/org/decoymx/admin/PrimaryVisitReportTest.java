package org.decoymx.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.decoymx.net.IpText;
import org.decoymx.policy.VisitResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrimaryVisitReportTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private static PrimaryVisitReport parse(String text) throws IOException {
        return PrimaryVisitReport.parse(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), NOW, Duration.ofDays(8));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1, 0, false",
        "'  192.0.2.1  ', 192.0.2.1, 0, false",
        "2001:db8::1, 2001:db8::1, 0, false",
        "::ffff:192.0.2.1, 192.0.2.1, 0, false",
        "192.0.2.1 2026-11-22T10:00:00Z, 192.0.2.1, 0, true",
        "192.0.2.1 2026-11-22T09:59:59Z, 192.0.2.1, -1, true",
        "192.0.2.1\t \t2026-11-22T09:59:00.25Z, 192.0.2.1, -59.75, true",
        "192.0.2.1 2026-11-22T11:00:00+01:00, 192.0.2.1, 0, true",
        "192.0.2.1 2026-11-22T11:00:00+0100, 192.0.2.1, 0, true",
        "192.0.2.1 1795341590, 192.0.2.1, -10, true",
        "192.0.2.1 2026-11-22T10:01:00Z, 192.0.2.1, 0, true",
        "192.0.2.1 2026-11-14T10:00:00Z, 192.0.2.1, -691200, true",
        "192.0.2.1 from=a@b.example to=c@example.org, 192.0.2.1, 0, false",
        "192.0.2.1 result=deferred 2026-11-22T09:59:59Z, 192.0.2.1, -1, true",
        "192.0.2.1 2026-11-22T09:59:59Z to=c@example.org result=accepted from=, 192.0.2.1, -1, true",
        "192.0.2.1 result=rejected 1795341590, 192.0.2.1, -10, true"
    })
    void validLine_isRecorded(String line, String origin, double secondsFromNow, boolean ownTime) throws Exception {
        PrimaryVisitReport report = parse(line);
        assertThat(report.visits()).singleElement().satisfies(visit -> {
            assertThat(visit.origin()).hasToString(origin);
            assertThat(visit.seenAt()).isEqualTo(NOW.plusMillis(Math.round(secondsFromNow * 1_000)));
            assertThat(visit.timed()).isEqualTo(ownTime);
        });
        assertThat(report.errors().count()).isZero();
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
                "192.0.2.1 2026-11-22T10:00:00Z 2026-11-22T10:00:00Z",
                "192.0.2.1 result=bounced",
                "192.0.2.1 result=",
                "192.0.2.1 result=deferred result=deferred",
                "192.0.2.1 from=a@b.example from=a@b.example",
                "192.0.2.1 helo=b.example",
                "192.0.2.1 to=",
                "192.0.2.1 to=<>",
                "192.0.2.1 from=a+b@c.example",
                "192.0.2.1 from=a+3db@c.example",
                "192.0.2.1 from=a=b@c.example",
                "192.0.2.1 from=+00",
                "192.0.2.1 from=+0D+0Aa@b.example",
                "192.0.2.1 from=+FF@b.example",
                "192.0.2.1 from=+C2+85@b.example",
                "192.0.2.1 from=\u00e4@b.example",
                "192.0.2.1 1795341590 from=a to=b result=deferred more",
                "\u00e4"
            })
    void invalidLine_isReported_andNotQuoted(String line) throws Exception {
        PrimaryVisitReport report = parse("192.0.2.9\n" + line + "\n192.0.2.10");
        assertThat(report.errors().count()).isEqualTo(1);
        assertThat(report.visits()).hasSize(2);
        assertThat(report.errors().first()).singleElement().satisfies(error -> {
            assertThat(error.line()).isEqualTo(2);
            assertThat(error.error())
                    .matches("(not a valid IP address|not a valid time after|the time is|unknown or repeated field"
                            + "|result= must be|(from|to)= is) [ -~]+");
        });
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "192.0.2.1, none, none, none",
                "192.0.2.1 from= to=u@example.org result=deferred, '', u@example.org, DEFERRED",
                "192.0.2.1 from=<> to=u@example.org result=accepted, '', u@example.org, ACCEPTED",
                "192.0.2.1 to=u+2Bx+3D+20+22@example.org from=a@b.example result=rejected,"
                        + " a@b.example, 'u+x= \"@example.org', REJECTED",
                "192.0.2.1 from=+C3+A4@b.example, \u00e4@b.example, none, none"
            })
    void envelopeAndResult_areDecoded(String line, String sender, String recipient, VisitResult result)
            throws Exception {
        PrimaryVisitReport report = parse(line);
        assertThat(report.visits())
                .containsExactly(new PrimaryVisitLine(
                        IpText.parseHostNetwork("192.0.2.1").orElseThrow(),
                        NOW,
                        false,
                        Optional.ofNullable(sender),
                        Optional.ofNullable(recipient),
                        Optional.ofNullable(result)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"from=", "to="})
    void tooLongPath_isInvalid(String field) throws Exception {
        PrimaryVisitReport report = parse("192.0.2.1 " + field + "+41".repeat(Xtext.MAX_OCTETS) + "\n192.0.2.1 " + field
                + "a".repeat(Xtext.MAX_OCTETS + 1) + "\n");
        assertThat(report.visits()).hasSize(1);
        assertThat(report.errors().first()).singleElement().satisfies(error -> assertThat(error.error())
                .contains("512"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1 0", "192.0.2.1 2026-11-14T09:59:59Z", "192.0.2.1 -999999999-01-01T00:00:00Z"})
    void expiredVisit_isCounted(String line) throws Exception {
        PrimaryVisitReport report = parse(line);
        assertThat(report.expired()).isEqualTo(1);
        assertThat(report.visits()).isEmpty();
    }

    @Test
    void blankLinesAndComments_areSkipped() throws Exception {
        PrimaryVisitReport report = parse("\r\n# a comment\r\n   \r\n192.0.2.1\r\n\t# another\r\n");
        assertThat(report.lines()).isEqualTo(5);
        assertThat(report.visits()).hasSize(1);
        assertThat(report.errors().count()).isZero();
    }

    @Test
    void errors_areLimitedToTen() throws Exception {
        PrimaryVisitReport report = parse("x\n".repeat(25));
        assertThat(report.errors().count()).isEqualTo(25);
        assertThat(report.errors().first()).hasSize(10);
    }

    @Test
    void tooLongLine_isInvalid() throws Exception {
        PrimaryVisitReport report = parse("192.0.2.1 " + "1".repeat(10_000) + "\n192.0.2.1");
        assertThat(report.errors().first()).singleElement().satisfies(error -> assertThat(error.error())
                .contains("8192"));
        assertThat(report.visits()).hasSize(1);
    }

    @Test
    void tooManyLines_areRejected() throws Exception {
        PrimaryVisitReport report = parse("192.0.2.1\n".repeat(PrimaryVisitReport.MAX_LINES));
        assertThat(report.visits()).hasSize(PrimaryVisitReport.MAX_LINES);
        assertThatThrownBy(() -> parse("\n".repeat(PrimaryVisitReport.MAX_LINES + 1)))
                .isInstanceOf(RequestBody.TooLargeException.class);
    }
}
