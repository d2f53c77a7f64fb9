package org.decoymx.primary;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.decoymx.dns.DnsLookupException;
import org.decoymx.dns.MxHost;
import org.decoymx.dns.MxRecords;
import org.decoymx.policy.ProtectionFacts.MxPosition;
import org.junit.jupiter.api.Test;

class MxDomainsTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Map<String, MxRecords> zone = new HashMap<>();
    private final List<String> changes = new ArrayList<>();
    private final PrimaryMonitor monitor = PrimaryMonitorTest.newMonitor(List.of(), Duration.ZERO, START);
    private Instant now = START;

    private MxDomains domains(boolean findsPrimaries, String... names) {
        Map<String, Boolean> protectedDomains = new LinkedHashMap<>();
        for (String name : names) {
            protectedDomains.put(name.startsWith(".") ? name.substring(1) : name, name.startsWith("."));
        }
        MxSettings settings = new MxSettings(protectedDomains, Set.of("mx9.test"), findsPrimaries);
        Clock clock = Clock.fixed(now, ZoneOffset.UTC);
        if (findsPrimaries) {
            monitor.outages().pauseUntilKnown(START);
        }
        return new MxDomains(settings, this::query, monitor, () -> changes.add("changed"), clock);
    }

    private CompletableFuture<MxRecords> query(String domain) {
        MxRecords records = zone.get(domain);
        return records == null
                ? CompletableFuture.failedFuture(new DnsLookupException("MX of " + domain + ": SERVFAIL"))
                : CompletableFuture.completedFuture(records);
    }

    private void setMx(String domain, String... hosts) {
        zone.put(
                domain,
                new MxRecords(
                        Stream.of(hosts)
                                .map(host -> host.split(" ", -1))
                                .map(host -> new MxHost(host[1], Integer.parseInt(host[0])))
                                .toList(),
                        Duration.ofMinutes(5)));
    }

    private List<String> monitored() {
        return monitor.monitoredHosts().stream().map(PrimaryHost::toString).toList();
    }

    private boolean isPaused() {
        return monitor.outages().isScoringPaused(START.plusSeconds(1));
    }

    @Test
    void primaries_areTheBetterMxHosts_andFollowDns() {
        setMx("a.test", "10 mx1.test", "10 mx2.test", "20 mx9.test");
        setMx("b.test", "5 mx1.test", "7 mx3.test", "20 mx9.test");
        MxDomains domains = domains(true, "a.test", ".b.test");
        assertThat(isPaused()).isTrue();
        domains.refresh();
        assertThat(monitored()).containsExactly("mx1.test", "mx2.test", "mx3.test");
        assertThat(changes).hasSize(1);
        assertThat(isPaused()).as("until they are up").isTrue();
        assertThat(domains.problems()).isEqualTo(Map.of("a.test", Optional.empty(), "b.test", Optional.empty()));

        domains.refresh();
        assertThat(changes).as("nothing new").hasSize(1);

        setMx("a.test", "10 mx4.test", "20 mx9.test");
        domains.refresh();
        assertThat(monitored()).containsExactlyInAnyOrder("mx1.test", "mx3.test", "mx4.test");
        assertThat(changes).hasSize(2);
    }

    @Test
    void eachDomain_hasItsOwnPrimaries() {
        setMx("a.test", "10 mx1.test", "20 mx9.test");
        setMx("b.test", "20 mx9.test");
        MxDomains domains = domains(true, "a.test", "b.test", "c.test");
        assertThat(domains.find("a.test").position()).isEqualTo(MxPosition.UNKNOWN);
        domains.refresh();
        assertThat(domains.find(".A.test"))
                .isEqualTo(new MxDomains.DomainMx(
                        MxPosition.WORST,
                        "",
                        List.of(PrimaryHost.parse("mx1.test").orElseThrow())));
        assertThat(domains.find("b.test").position()).isEqualTo(MxPosition.WRONG);
        assertThat(domains.find("b.test").problem()).contains("no MX is better than mx9.test");
        assertThat(domains.find("c.test").position()).isEqualTo(MxPosition.UNKNOWN);
        assertThat(domains.find("c.test").problem()).contains("SERVFAIL");
        assertThat(domains.find("other.test").position()).isEqualTo(MxPosition.NOT_CHECKED);
    }

    @Test
    void dnsFailure_keepsThePrimaries_andIsAProblem() {
        setMx("a.test", "10 mx1.test", "20 mx9.test");
        MxDomains domains = domains(true, "a.test");
        domains.refresh();
        zone.clear();
        domains.refresh();
        assertThat(monitored()).containsExactly("mx1.test");
        assertThat(domains.problems()).isEqualTo(Map.of("a.test", Optional.of("MX of a.test: SERVFAIL")));
        assertThat(changes).hasSize(1);
    }

    @Test
    void withoutAnyAnswer_scoringStaysPaused() {
        MxDomains domains = domains(true, "a.test");
        domains.refresh();
        assertThat(monitored()).isEmpty();
        assertThat(isPaused()).isTrue();
    }

    @Test
    void wrongOrder_isAProblem_andLeavesNoPrimary() {
        setMx("a.test", "10 mx9.test", "20 mx1.test");
        setMx("b.test", "10 mx1.test");
        setMx("c.test");
        setMx("d.test");
        MxDomains domains = domains(true, "a.test", "b.test", "c.test", ".d.test");
        domains.refresh();
        assertThat(monitored()).isEmpty();
        assertThat(isPaused()).as("there is no primary to wait for").isFalse();
        Map<String, Optional<String>> problems = domains.problems();
        assertThat(problems.get("a.test")).hasValue("no MX is better than mx9.test; DNS has 10 mx9.test, 20 mx1.test");
        assertThat(problems.get("b.test")).hasValue("no MX is named mx9.test; DNS has 10 mx1.test");
        assertThat(problems.get("c.test")).isPresent();
        assertThat(problems.get("d.test")).as("only its subdomains have mail").isEmpty();
    }

    @Test
    void configuredPrimaries_stay() {
        setMx("a.test", "10 mx1.test", "20 mx9.test");
        MxDomains domains = domains(false, "a.test");
        domains.refresh();
        assertThat(monitored()).isEmpty();
        assertThat(changes).isEmpty();
        assertThat(domains.problems().get("a.test")).isEmpty();
    }

    @Test
    void manyPrimaries_areLimited() {
        for (int i = 0; i < 30; i++) {
            setMx("d" + i + ".test", "10 mx" + (100 + i) + ".test", "20 mx9.test");
        }
        MxDomains domains = domains(true, zone.keySet().stream().sorted().toArray(String[]::new));
        domains.refresh();
        assertThat(monitored()).hasSize(16);
    }
}
