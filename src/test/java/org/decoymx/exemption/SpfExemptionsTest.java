package org.decoymx.exemption;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpfExemptionsTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path dir;

    private final InMemoryDnsResolver zone = new InMemoryDnsResolver();
    private final List<String> told = new ArrayList<>();
    private ExemptNetworks exempt = new ExemptNetworks();
    private Instant now = T;

    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    };

    private Path file() {
        return dir.resolve("spf.txt");
    }

    /** After a start. */
    private SpfExemptions started(String... names) {
        exempt = new ExemptNetworks();
        SpfExemptions domains = new SpfExemptions(
                List.of(names), new SpfCacheFile(file()), exempt, () -> told.add("again"), clock, () -> 0.5);
        domains.restore();
        return domains;
    }

    private boolean covers(String address) {
        return exempt.isDecidedByNetwork(Origin.parse(address).orElseThrow());
    }

    private static SpfExemptions.SpfDomainStatus status(SpfExemptions domains, String name) {
        return Objects.requireNonNull(domains.statusByDomain().get(name));
    }

    private void has(String name, String record) {
        zone.withRecord(name, "TXT", "v=spf1 " + record);
    }

    @Test
    void domain_isFound_exempt_andKept() throws IOException {
        has("a.test", "ip4:192.0.2.0/24 ip6:2001:db8::/32");
        SpfExemptions domains = started("a.test");
        assertThat(status(domains, "a.test").isStale()).isTrue();

        assertThat(domains.refresh(zone)).isEqualTo(Duration.ofHours(24));

        assertThat(covers("192.0.2.7")).isTrue();
        assertThat(covers("192.0.3.7")).isFalse();
        assertThat(told).containsExactly("again");
        assertThat(status(domains, "a.test"))
                .isEqualTo(new SpfExemptions.SpfDomainStatus(2, T, null, List.of(), false));
        assertThat(Files.readString(file())).isEqualTo("""
                # a.test 2026-01-01T00:00:00Z
                192.0.2.0/24
                2001:db8::/32
                """);
        assertThat(exempt.sources()).containsOnlyKeys("SPF of a.test");
        assertThat(exempt.sources().values()).allSatisfy(said -> assertThat(said)
                .extracting(Exemption::description)
                .containsOnly("a network of a.test, by its SPF record"));
    }

    @Test
    void domain_unchanged_isNotToldAgain() {
        has("a.test", "ip4:192.0.2.0/24");
        SpfExemptions domains = started("a.test");
        domains.refresh(zone);
        now = T.plus(Duration.ofHours(25));
        domains.refresh(zone);
        assertThat(told).hasSize(1);
        assertThat(status(domains, "a.test").resolvedAt()).isEqualTo(now);
    }

    @Test
    void start_takesWhatWasKept_andAsksOnlyWhenItIsOld() {
        has("a.test", "ip4:192.0.2.0/24");
        started("a.test").refresh(zone);
        int asked = zone.queryCount();

        now = T.plus(Duration.ofHours(19));
        SpfExemptions young = started("a.test");
        assertThat(covers("192.0.2.7")).isTrue();
        assertThat(young.refresh(zone)).isEqualTo(Duration.ofHours(1));
        assertThat(zone.queryCount()).isEqualTo(asked);

        now = T.plus(Duration.ofHours(20));
        started("a.test").refresh(zone);
        assertThat(zone.queryCount()).isEqualTo(asked + 1);
    }

    @Test
    void start_withWhatAFastClockKept_asksAtOnce() {
        has("a.test", "ip4:192.0.2.0/24");
        started("a.test").refresh(zone);
        now = T.minus(Duration.ofDays(400));
        SpfExemptions domains = started("a.test");
        assertThat(covers("192.0.2.7")).isTrue();
        domains.refresh(zone);
        assertThat(zone.queryCount()).isEqualTo(2);
    }

    @Test
    void domain_thatFails_keepsItsNetworks_isTriedAgain_andGoesStaleInAWeek() {
        has("a.test", "ip4:192.0.2.0/24");
        SpfExemptions domains = started("a.test");
        domains.refresh(zone);
        zone.clear();
        zone.withFailureOf("a.test");

        now = T.plus(Duration.ofHours(24));
        assertThat(domains.refresh(zone)).isEqualTo(Duration.ofMinutes(15));
        assertThat(domains.refresh(zone)).isEqualTo(Duration.ofMinutes(15));
        assertThat(covers("192.0.2.7")).isTrue();
        assertThat(status(domains, "a.test").failure()).isEqualTo("TXT of a.test: SERVFAIL from 192.0.2.53:53");
        assertThat(status(domains, "a.test").isStale()).isFalse();

        now = T.plus(Duration.ofDays(7)).plusSeconds(1);
        assertThat(status(domains, "a.test").isStale()).isTrue();
        started("a.test");
        assertThat(covers("192.0.2.7")).isTrue();
    }

    @Test
    void domain_neverFound_isTriedSoonAndThenLessOften() {
        SpfExemptions domains = started("a.test");
        List<Duration> waits = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            waits.add(domains.refresh(zone));
            now = now.plus(waits.get(i));
        }
        assertThat(waits.stream().map(Duration::toMinutes)).containsExactly(1L, 2L, 4L, 8L, 15L, 15L);
        assertThat(status(domains, "a.test").failure()).isEqualTo("a.test has no SPF record");
        assertThat(file()).doesNotExist();
    }

    @Test
    void domain_noLongerConfigured_isDropped() throws IOException {
        has("a.test", "ip4:192.0.2.0/24");
        has("b.test", "ip4:198.51.100.0/24");
        started("a.test", "b.test").refresh(zone);

        now = T.plus(Duration.ofDays(2));
        SpfExemptions domains = started("b.test");
        assertThat(covers("192.0.2.7")).isFalse();
        assertThat(covers("198.51.100.7")).isTrue();
        domains.refresh(zone);
        assertThat(Files.readString(file())).isEqualTo("# b.test 2026-01-03T00:00:00Z\n198.51.100.0/24\n");
    }

    @Test
    void file_thatIsDamaged_isReadAsFarAsItGoes() throws IOException {
        Files.writeString(file(), """
                10.0.0.0/8
                # a.test 2026-01-01T00:00:00Z
                192.0.2.0/24
                nonsense \u00e4
                0.0.0.0/0
                # b.test yesterday
                203.0.113.0/24
                # c.test 2026-01-01T00:00:00Z
                """);
        SpfExemptions domains = started("a.test", "b.test", "c.test");
        assertThat(covers("192.0.2.7")).isTrue();
        assertThat(covers("203.0.113.7")).isFalse();
        assertThat(covers("10.0.0.1")).isFalse();
        assertThat(status(domains, "c.test").resolvedAt()).isNull();
    }

    @Test
    void file_thatCannotBeWritten_isToldOf_andMakesNoDifference() throws IOException {
        has("a.test", "ip4:192.0.2.0/24");
        Files.createDirectory(file());
        SpfExemptions domains = started("a.test");
        domains.refresh(zone);
        assertThat(covers("192.0.2.7")).isTrue();
        assertThat(domains.fileProblem())
                .hasValueSatisfying(words -> assertThat(words).contains("spf.txt"));

        Files.delete(file());
        now = T.plus(Duration.ofDays(2));
        domains.refresh(zone);
        assertThat(domains.fileProblem()).isEmpty();
        assertThat(file()).isRegularFile();
    }
}
