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
        PrimaryVisitParser parser = new PrimaryVisitParser(NOW, Duration.ofDays(8));
        parser.parse(new ByteArrayInputStream(octets));
        long lines = Stream.of(new String(octets, StandardCharsets.ISO_8859_1).split("\n", -1))
                .filter(line -> line.length() > 8_193
                        || !line.isBlank() && !line.strip().startsWith("#"))
                .count();
        assertThat(parser.visits().size() + parser.invalidCount() + parser.expiredCount())
                .isEqualTo(lines);
        assertThat(parser.errors())
                .hasSizeLessThanOrEqualTo(10)
                .allMatch(error -> PrintableText.isPrintable(error.error()));
        parser.visits().forEach(visit -> {
            assertThat(visit.seenAt()).isBetween(NOW.minus(Duration.ofDays(8)), NOW);
            visit.envelope(HASHER);
        });
    }
}
