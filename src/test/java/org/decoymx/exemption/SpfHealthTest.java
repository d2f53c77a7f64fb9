package org.decoymx.exemption;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.support.TestClocks;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The health check for domains whose SPF records cannot be resolved. */
class SpfHealthTest {
    private static final Instant RESOLVED_AT = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path dir;

    private Status health(int daysLater, List<String> resolved, String... names) throws IOException {
        StringBuilder content = new StringBuilder();
        resolved.forEach(name -> content.append("# ")
                .append(name)
                .append(' ')
                .append(RESOLVED_AT)
                .append("\n192.0.2.0/24\n"));
        Path file = Files.writeString(dir.resolve("spf.txt"), content);
        Clock clock = Clock.fixed(RESOLVED_AT.plusSeconds(daysLater * 86_400L), ZoneOffset.UTC);
        SpfExemptions exemptions = new SpfExemptions(
                List.of(names),
                new SpfCacheFile(file, clock),
                new ExemptNetworks(),
                TestClocks.trusted(clock),
                () -> 0.5);
        exemptions.restore();
        return new SpfHealth(exemptions).call().getStatus();
    }

    @Test
    void allDomainsResolved_isUp_untilStale() throws IOException {
        assertThat(health(1, List.of("a.test", "b.test"), "a.test", "b.test")).isEqualTo(Status.UP);
        assertThat(health(8, List.of("a.test", "b.test"), "a.test", "b.test")).isEqualTo(Status.DOWN);
    }

    @Test
    void configuredDomainNeverResolved_isDown() throws IOException {
        assertThat(health(1, List.of("a.test"), "a.test", "b.test")).isEqualTo(Status.DOWN);
    }

    @Test
    void defaultDomainNeverResolved_isUp_unlessNoneIsResolved() throws IOException {
        String[] defaults = ExemptConfig.DEFAULT_SPF_DOMAINS.split(",", -1);
        assertThat(health(1, List.of(defaults[0]), defaults)).isEqualTo(Status.UP);
        assertThat(health(8, List.of(defaults[0]), defaults)).isEqualTo(Status.DOWN);
        assertThat(health(1, List.of(), defaults)).isEqualTo(Status.DOWN);
    }

    @Test
    void noDomains_isUp() throws IOException {
        assertThat(health(1, List.of())).isEqualTo(Status.UP);
    }
}
