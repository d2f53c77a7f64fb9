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
import org.decoymx.net.IpText;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.support.TestClocks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpfExemptionsTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path dir;

    private final InMemoryDnsResolver zone = new InMemoryDnsResolver();
    private final List<String> changes = new ArrayList<>();
    private ExemptNetworks exempt = new ExemptNetworks();
    private Instant now = START;

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

    /** Exemptions as they are after a start of the decoy. */
    private SpfExemptions start(String... names) {
        exempt = new ExemptNetworks();
        SpfExemptions domains = new SpfExemptions(
                List.of(names), new SpfCacheFile(file(), clock), exempt, TestClocks.trusted(clock), () -> 0.5);
        domains.restore();
        exempt.onChange(() -> changes.add("changed"));
        return domains;
    }

    private boolean isExempt(String address) {
        return exempt.isDecidedByNetwork(IpText.parseHostNetwork(address).orElseThrow());
    }

    private static SpfExemptions.SpfDomainStatus status(SpfExemptions domains, String name) {
        return Objects.requireNonNull(domains.statusByDomain().get(name));
    }

    private void addRecord(String name, String record) {
        zone.withRecord(name, "TXT", "v=spf1 " + record);
    }

    @Test
    void domain_isResolved_exempt_andSaved() throws IOException {
        addRecord("a.test", "ip4:192.0.2.0/24 ip6:2001:db8::/32");
        SpfExemptions domains = start("a.test");
        assertThat(status(domains, "a.test").isStale()).isTrue();

        assertThat(domains.refresh(zone)).isEqualTo(Duration.ofHours(24));

        assertThat(isExempt("192.0.2.7")).isTrue();
        assertThat(isExempt("192.0.3.7")).isFalse();
        assertThat(changes).containsExactly("changed");
        assertThat(status(domains, "a.test"))
                .isEqualTo(new SpfExemptions.SpfDomainStatus(2, START, null, List.of(), false));
        assertThat(Files.readString(file())).isEqualTo("""
                # a.test 2026-01-01T00:00:00Z
                192.0.2.0/24
                2001:db8::/32
                """);
        assertThat(exempt.sources()).containsOnlyKeys("SPF of a.test");
        assertThat(exempt.sources().values()).allSatisfy(exemptions -> assertThat(exemptions)
                .extracting(Exemption::description)
                .containsOnly("a network of a.test, by its SPF record"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0\0\0\0"})
    void damagedFile_isReplacedByItsCopy_andReported(String damaged) throws IOException {
        addRecord("a.test", "ip4:192.0.2.0/24");
        start("a.test").refresh(zone);
        String written = Files.readString(file());
        Files.writeString(file(), damaged);
        SpfExemptions domains = start("a.test");
        assertThat(isExempt("192.0.2.7")).isTrue();
        assertThat(file()).hasContent(written);
        assertThat(dir.resolve("spf.txt.corrupt-20260101T000000Z")).hasContent(damaged);
        assertThat(domains.fileProblem().orElseThrow())
                .startsWith("spf.txt.corrupt-20260101T000000Z: spf.txt was damaged and quarantined");
    }

    @Test
    void damagedFile_withADamagedCopy_isResolvedAgain() throws IOException {
        addRecord("a.test", "ip4:192.0.2.0/24");
        Files.writeString(file(), "");
        Files.writeString(dir.resolve("spf.txt.bak"), "\0");
        SpfExemptions domains = start("a.test");
        assertThat(domains.fileProblem()).isPresent();
        domains.refresh(zone);
        assertThat(isExempt("192.0.2.7")).isTrue();
    }

    @Test
    void unchangedDomain_isNotPublishedAgain() {
        addRecord("a.test", "ip4:192.0.2.0/24");
        SpfExemptions domains = start("a.test");
        domains.refresh(zone);
        now = START.plus(Duration.ofHours(25));
        domains.refresh(zone);
        assertThat(changes).hasSize(1);
        assertThat(status(domains, "a.test").resolvedAt()).isEqualTo(now);
    }

    @Test
    void start_usesTheCacheFile_andQueriesOnlyWhenItIsOld() {
        addRecord("a.test", "ip4:192.0.2.0/24");
        start("a.test").refresh(zone);
        int queries = zone.queryCount();

        now = START.plus(Duration.ofHours(19));
        SpfExemptions fresh = start("a.test");
        assertThat(isExempt("192.0.2.7")).isTrue();
        assertThat(fresh.refresh(zone)).isEqualTo(Duration.ofHours(1));
        assertThat(zone.queryCount()).isEqualTo(queries);

        now = START.plus(Duration.ofHours(20));
        start("a.test").refresh(zone);
        assertThat(zone.queryCount()).isEqualTo(queries + 1);
    }

    @Test
    void start_withACacheFileFromTheFuture_queriesAtOnce() {
        addRecord("a.test", "ip4:192.0.2.0/24");
        start("a.test").refresh(zone);
        now = START.minus(Duration.ofDays(400));
        SpfExemptions domains = start("a.test");
        assertThat(isExempt("192.0.2.7")).isTrue();
        domains.refresh(zone);
        assertThat(zone.queryCount()).isEqualTo(2);
    }

    @Test
    void failingDomain_keepsItsNetworks_isRetried_andIsStaleAfterAWeek() {
        addRecord("a.test", "ip4:192.0.2.0/24");
        SpfExemptions domains = start("a.test");
        domains.refresh(zone);
        zone.clear();
        zone.withFailureOf("a.test");

        now = START.plus(Duration.ofHours(24));
        assertThat(domains.refresh(zone)).isEqualTo(Duration.ofMinutes(15));
        assertThat(domains.refresh(zone)).isEqualTo(Duration.ofMinutes(15));
        assertThat(isExempt("192.0.2.7")).isTrue();
        assertThat(status(domains, "a.test").failure()).isEqualTo("TXT of a.test: SERVFAIL from 192.0.2.53:53");
        assertThat(status(domains, "a.test").isStale()).isFalse();

        now = START.plus(Duration.ofDays(7)).plusSeconds(1);
        assertThat(status(domains, "a.test").isStale()).isTrue();
        start("a.test");
        assertThat(isExempt("192.0.2.7")).isTrue();
    }

    @Test
    void neverResolvedDomain_isRetriedWithGrowingDelay() {
        SpfExemptions domains = start("a.test");
        List<Duration> delays = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            delays.add(domains.refresh(zone));
            now = now.plus(delays.get(i));
        }
        assertThat(delays.stream().map(Duration::toMinutes)).containsExactly(1L, 2L, 4L, 8L, 15L, 15L);
        assertThat(status(domains, "a.test").failure()).isEqualTo("a.test has no SPF record");
        assertThat(file()).doesNotExist();
    }

    @Test
    void domainNoLongerConfigured_isRemoved() throws IOException {
        addRecord("a.test", "ip4:192.0.2.0/24");
        addRecord("b.test", "ip4:198.51.100.0/24");
        start("a.test", "b.test").refresh(zone);

        now = START.plus(Duration.ofDays(2));
        SpfExemptions domains = start("b.test");
        assertThat(isExempt("192.0.2.7")).isFalse();
        assertThat(isExempt("198.51.100.7")).isTrue();
        domains.refresh(zone);
        assertThat(Files.readString(file())).isEqualTo("# b.test 2026-01-03T00:00:00Z\n198.51.100.0/24\n");
    }

    @Test
    void damagedFile_isReadWithoutItsInvalidLines() throws IOException {
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
        SpfExemptions domains = start("a.test", "b.test", "c.test");
        assertThat(isExempt("192.0.2.7")).isTrue();
        assertThat(isExempt("203.0.113.7")).isFalse();
        assertThat(isExempt("10.0.0.1")).isFalse();
        assertThat(status(domains, "c.test").resolvedAt()).isNull();
    }

    @Test
    void unwritableFile_isReported_andNetworksAreExempt() throws IOException {
        addRecord("a.test", "ip4:192.0.2.0/24");
        Files.createDirectory(file());
        SpfExemptions domains = start("a.test");
        assertThat(domains.refresh(zone)).isEqualTo(Duration.ofMinutes(1));
        assertThat(isExempt("192.0.2.7")).isTrue();
        assertThat(domains.fileProblem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("spf.txt"));

        Files.delete(file());
        now = START.plus(Duration.ofMinutes(1));
        assertThat(domains.refresh(zone)).as("not before the records are due").isGreaterThan(Duration.ofHours(20));
        assertThat(domains.fileProblem()).isEmpty();
        assertThat(file()).isRegularFile();
    }

    @Test
    void networks_areKnown_whenDnsHasAnsweredForAllDomains() {
        addRecord("a.test", "ip4:192.0.2.0/24");
        zone.withFailureOf("b.test");
        SpfExemptions domains = start("a.test", "b.test", "without-record.test");
        assertThat(domains.areNetworksKnown()).isFalse();
        domains.refresh(zone);
        assertThat(domains.areNetworksKnown()).isFalse();
        zone.clear();
        now = START.plus(Duration.ofMinutes(2));
        domains.refresh(zone);
        assertThat(domains.areNetworksKnown()).isTrue();
        assertThat(start("a.test").areNetworksKnown()).as("read from disk").isTrue();
        assertThat(start().areNetworksKnown()).as("nothing to wait for").isTrue();
    }

    @Test
    void domainsOfWhichNoneHasARecord_areWaitedFor() {
        SpfExemptions domains = start("a.test");
        domains.refresh(zone);
        now = START.plus(Duration.ofDays(1));
        assertThat(domains.areNetworksKnown()).isFalse();
    }

    @Test
    void failingDomain_isWaitedFor_untilAnHourAfterTheFirstWasFound() {
        addRecord("a.test", "ip4:192.0.2.0/24");
        zone.withFailureOf("b.test");
        SpfExemptions domains = start("a.test", "b.test");
        domains.refresh(zone);
        assertThat(domains.areNetworksKnown()).isFalse();
        now = START.plus(Duration.ofMinutes(59));
        assertThat(domains.areNetworksKnown()).isFalse();
        now = START.plus(Duration.ofHours(1));
        assertThat(domains.areNetworksKnown()).isTrue();
    }

    @Test
    void relayPoolOfMicrosoft_isExemptWithItsDomain() {
        start("a.test");
        assertThat(isExempt("40.95.1.2")).isFalse();
        start("spf.protection.outlook.com");
        assertThat(isExempt("40.95.1.2")).isTrue();
        assertThat(isExempt("40.96.1.2")).isFalse();
    }
}
