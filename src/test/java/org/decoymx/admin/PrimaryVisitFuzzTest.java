package org.decoymx.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.decoymx.sighting.EnvelopeHasher;
import org.decoymx.support.PrintableText;

/** Any octets in place of a report of visits to a primary MX. */
class PrimaryVisitFuzzTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final EnvelopeHasher HASHER = new EnvelopeHasher("example.org");

    @FuzzTest
    void report_isParsed_lineByLine(byte[] octets) throws IOException {
        PrimaryVisitReport report = PrimaryVisitReport.parse(new ByteArrayInputStream(octets), NOW, Duration.ofDays(8));
        long lines = Stream.of(new String(octets, StandardCharsets.ISO_8859_1).split("\n", -1))
                .filter(line -> line.length() > 8_193
                        || !line.isBlank() && !line.strip().startsWith("#"))
                .count();
        assertThat(report.visits().size() + report.errors().count() + report.expired())
                .isEqualTo(lines);
        assertThat(report.errors().first())
                .hasSizeLessThanOrEqualTo(10)
                .allMatch(error -> PrintableText.isPrintable(error.error()));
        report.visits().forEach(visit -> {
            assertThat(visit.seenAt()).isBetween(NOW.minus(Duration.ofDays(8)), NOW);
            visit.envelope(HASHER);
        });
    }
}
