package org.decoymx.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.decoymx.exemption.ExemptConfig;
import org.decoymx.exemption.RestoredSpfExemptions;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When health is down for domains whose SPF records cannot be found. */
class SpfHealthTest {
    private static final Instant FOUND = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path dir;

    private Status health(int daysLater, List<String> found, String... names) throws IOException {
        StringBuilder kept = new StringBuilder();
        found.forEach(
                name -> kept.append("# ").append(name).append(' ').append(FOUND).append("\n192.0.2.0/24\n"));
        Path file = Files.writeString(dir.resolve("spf.txt"), kept);
        Clock clock = Clock.fixed(FOUND.plusSeconds(daysLater * 86_400L), ZoneOffset.UTC);
        return new SpfHealth(RestoredSpfExemptions.read(file, clock, names))
                .call()
                .getStatus();
    }

    @Test
    void domains_allFound_areUp_untilTheyAreOld() throws IOException {
        assertThat(health(1, List.of("a.test", "b.test"), "a.test", "b.test")).isEqualTo(Status.UP);
        assertThat(health(8, List.of("a.test", "b.test"), "a.test", "b.test")).isEqualTo(Status.DOWN);
    }

    @Test
    void domain_thatWasNamed_andNeverFound_isDown() throws IOException {
        assertThat(health(1, List.of("a.test"), "a.test", "b.test")).isEqualTo(Status.DOWN);
    }

    @Test
    void domain_ofOurOwnChoice_andNeverFound_isNoReasonToBeDown_butNoneAtAllIs() throws IOException {
        String[] ours = ExemptConfig.DEFAULT_SPF_DOMAINS.split(",", -1);
        assertThat(health(1, List.of(ours[0]), ours)).isEqualTo(Status.UP);
        assertThat(health(8, List.of(ours[0]), ours)).isEqualTo(Status.DOWN);
        assertThat(health(1, List.of(), ours)).isEqualTo(Status.DOWN);
    }

    @Test
    void noDomains_areUp() throws IOException {
        assertThat(health(1, List.of())).isEqualTo(Status.UP);
    }
}
