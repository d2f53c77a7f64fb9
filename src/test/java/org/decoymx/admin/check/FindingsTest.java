package org.decoymx.admin.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.decoymx.admin.NodeReport;
import org.decoymx.admin.check.Finding.Level;
import org.decoymx.exchange.ExchangeStatus;
import org.decoymx.exchange.NodeStatus;
import org.decoymx.feed.FeedCheck.CheckedFeed;
import org.decoymx.feed.FeedReaders.Reader;
import org.decoymx.feed.MutableClock;
import org.decoymx.net.IpText;
import org.decoymx.policy.DomainProtection;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.ProtectionFacts;
import org.decoymx.policy.ProtectionFacts.MxPosition;
import org.decoymx.policy.ProtectionFacts.PrimaryFact;
import org.decoymx.policy.ReportCoverage;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.Test;

/** What each source finds, and what to do about it. */
class FindingsTest {
    private static final String GATEWAY = "172.17.0.1";

    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-27T00:00:00Z"));
    private final SessionFindings sessions =
            new SessionFindings(() -> List.of(ip(GATEWAY)), "0.0.0.0 port 2525", clock);

    private static InetAddress ip(String text) {
        return IpText.parseAddress(text).orElseThrow().toInetAddress();
    }

    private void connect(String... clients) {
        List.of(clients).forEach(client -> sessions.record(ip(client)));
    }

    private Finding port() {
        return sessions.find().get(0);
    }

    private Finding sourceAddress() {
        return sessions.find().get(1);
    }

    private static void assertSaysWhatToDo(Finding finding, Level level, String text, String advice) {
        assertThat(finding.level()).as(finding.toString()).isEqualTo(level);
        assertThat(finding.text()).contains(text);
        assertThat(finding.advice()).contains(advice);
    }

    @Test
    void port_isReached_whileClientsFromTheInternetCome() {
        assertSaysWhatToDo(port(), Level.UNKNOWN, "since the start at 2026-11-27T00:00:00Z.", "port 2525");
        connect("127.0.0.1", "10.1.2.3");
        assertSaysWhatToDo(port(), Level.UNKNOWN, "only private addresses have", "nc HOST 25");
        clock.advance(Duration.ofDays(1));
        assertThat(port().level()).isEqualTo(Level.WARNING);
        connect("203.0.113.7");
        assertThat(port())
                .isEqualTo(Finding.ok(
                        "port25", "The internet reaches the SMTP port; its last client came at 2026-11-28T00:00:00Z."));
        clock.advance(Duration.ofDays(8));
        assertSaysWhatToDo(port(), Level.WARNING, "since 2026-11-28T00:00:00Z", "firewall");
    }

    @Test
    void gateway_asTheOnlyClient_hidesAddresses() {
        assertThat(sourceAddress().level()).isEqualTo(Level.UNKNOWN);
        connect("127.0.0.1", GATEWAY);
        assertSaysWhatToDo(sourceAddress(), Level.PROBLEM, "default gateway 172.17.0.1", "network_mode: host");
        connect("203.0.113.7", "198.51.100.7");
        IntStream.range(0, 18).forEach(i -> connect(GATEWAY));
        assertThat(sourceAddress().level()).isEqualTo(Level.OK);
        connect(GATEWAY);
        assertSaysWhatToDo(sourceAddress(), Level.WARNING, "Some clients", "network_mode: host");
    }

    @Test
    void manyClients_ofOnePrivateAddress_mayBeAProxy() {
        IntStream.range(0, 19).forEach(i -> connect("10.0.2.100"));
        assertThat(sourceAddress().level()).isEqualTo(Level.UNKNOWN);
        connect("10.0.2.100");
        assertSaysWhatToDo(
                sourceAddress(),
                Level.WARNING,
                "one private address, 10.0.2.100,",
                "decoy.smtp.proxy-protocol.trusted");
        connect("10.0.0.9");
        assertSaysWhatToDo(
                sourceAddress(),
                Level.WARNING,
                "private addresses, such as 10.0.2.100,",
                "decoy.smtp.proxy-protocol.trusted");
        connect("203.0.113.7");
        assertThat(sourceAddress().level()).isEqualTo(Level.OK);
    }

    @Test
    void manyClients_ofOneNetwork_mayBeAProxy() {
        IntStream.range(0, 19).forEach(i -> connect("203.0.113.7"));
        assertThat(sourceAddress().level()).isEqualTo(Level.OK);
        connect("203.0.113.8");
        assertSaysWhatToDo(sourceAddress(), Level.WARNING, "203.0.113.0/24", "decoy.smtp.proxy-protocol.trusted");
        connect("198.51.100.7");
        assertThat(sourceAddress().level()).isEqualTo(Level.OK);
    }

    @Test
    void privateClients_areNoClientsFromTheInternet() {
        IntStream.range(0, 2_000).forEach(i -> connect("10.0." + i / 256 + "." + i % 256));
        connect("fd00::1", "fe80::1", "100.64.0.1", "169.254.0.1", "192.168.0.1");
        assertThat(port().level()).isEqualTo(Level.UNKNOWN);
        assertThat(sourceAddress().level()).isEqualTo(Level.WARNING);
    }

    private static DomainProtection domain(String name, MxPosition order, String detail, PrimaryFact... hosts) {
        return DomainProtection.of(
                new ProtectionFacts(
                        name, order, detail, List.of(hosts), ReportCoverage.NONE, ReportCoverage.NONE, 0, List.of()),
                Instant.EPOCH);
    }

    @Test
    void domains_areToldTogether_withWhatToDo() {
        PrimaryFact up = new PrimaryFact("mx1.example.org", true, true);
        List<Finding> found = ProtectionFindings.judge(List.of(
                domain("example.org", MxPosition.WORST, "", up),
                domain("example.net", MxPosition.WRONG, "no MX is named mx9.example.net", up),
                domain("example.com", MxPosition.UNKNOWN, "", new PrimaryFact("mx2.example.com", false, false))));

        assertThat(found).extracting(Finding::id).containsExactly("mx-order", "primary", "witnesses");
        assertSaysWhatToDo(
                found.get(0),
                Level.PROBLEM,
                "example.net: the decoy is not its worst MX behind a better one (no MX is named mx9.example.net), so"
                        + " nothing counts; and 1 more, see /stats",
                "correct the MX records");
        assertSaysWhatToDo(found.get(1), Level.UNKNOWN, "example.com: the real MX mx2.example.com", "primary up");
        assertSaysWhatToDo(
                found.get(2), Level.WARNING, "example.org, example.net, example.com: its real MX", "deploy/witness");
        assertThat(ProtectionFindings.judge(List.of())).isEmpty();
        assertThat(ProtectionFindings.judge(List.of(domain("example.org", MxPosition.WORST, "", up)))
                        .get(0))
                .isEqualTo(Finding.ok("mx-order", "example.org: the decoy is its worst MX"));
    }

    @Test
    void health_isAFinding_withItsFacts() {
        assertThat(HealthFindings.describe(HealthCheckResponse.named("listing fresh")
                        .up()
                        .withData("entries", 3)
                        .build()))
                .isEqualTo(Finding.ok("listing-fresh", "listing fresh: entries 3"));
        assertSaysWhatToDo(
                HealthFindings.describe(HealthCheckResponse.named("ledger kept")
                        .down()
                        .withData("senders", 3)
                        .withData("trouble", "no space is left\u202e")
                        .build()),
                Level.PROBLEM,
                "ledger kept: no; no space is left\\u202e",
                "When health is DOWN");
    }

    @Test
    void disk_withLittleRoom_isToldBeforeItIsFull() {
        Function<Long, Finding> with = octets -> StorageFindings.judge("/data", () -> octets);
        assertThat(with.apply(20_000_000_000L)).isEqualTo(Finding.ok("disk", "20,000 MB are free in /data."));
        assertSaysWhatToDo(with.apply(999_000_000L), Level.WARNING, "999 MB", "Make room");
        assertSaysWhatToDo(with.apply(99_000_000L), Level.PROBLEM, "99 MB", "Make room");
        Finding unreadable = StorageFindings.judge("/data", () -> {
            throw new IOException("no such device");
        });
        assertSaysWhatToDo(unreadable, Level.PROBLEM, "no such device", "decoy.ledger.dir");
    }

    @Test
    void setup_saysModeAndAccess() {
        assertThat(List.of(SetupFindings.judgeMode(PolicyMode.ENFORCE), SetupFindings.judgeAccess(true, true)))
                .extracting(Finding::id, Finding::level)
                .containsExactly(tuple("mode", Level.OK), tuple("access", Level.OK));
        assertSaysWhatToDo(SetupFindings.judgeMode(PolicyMode.TRIAL), Level.WARNING, "TRIAL", "decoy.domains");
        assertSaysWhatToDo(SetupFindings.judgeAccess(false, false), Level.WARNING, "Nobody", "hash-password");
        assertSaysWhatToDo(SetupFindings.judgeMode(PolicyMode.OBSERVE), Level.WARNING, "OBSERVE", "enforce");
    }

    @Test
    void feed_isReadEvery10Minutes() {
        CheckedFeed[] feed = {new CheckedFeed(3, "")};
        FeedFindings findings = new FeedFindings(() -> feed[0], clock);
        assertThat(findings.find()).containsExactly(Finding.ok("feeds", "The feed can be read: 3 entries."));
        feed[0] = new CheckedFeed(2, "'x' is no address or network");
        assertThat(findings.find().get(0).level()).isEqualTo(Level.OK);
        clock.advance(Duration.ofMinutes(11));
        assertSaysWhatToDo(findings.find().get(0), Level.PROBLEM, "'x' is no address", "report it");
    }

    @Test
    void readers_areExpectedEachHour() {
        Instant start = clock.instant();
        Function<List<Reader>, Finding> with = readers -> ReaderFindings.judge(readers, start, clock.instant());
        assertThat(with.apply(List.of()).level()).isEqualTo(Level.UNKNOWN);
        clock.advance(Duration.ofMinutes(61));
        assertSaysWhatToDo(with.apply(List.of()), Level.WARNING, "Nobody has fetched a feed", "docs/consumers.md");
        List<Reader> readers = List.of(new Reader("192.0.2.1", "curl", "plain", clock.instant(), 1, 200));
        assertThat(with.apply(readers))
                .isEqualTo(Finding.ok(
                        "readers",
                        "The last reader of a feed was 192.0.2.1, which fetched plain at 2026-11-27T01:01:00Z."));
        clock.advance(Duration.ofMinutes(61));
        assertSaysWhatToDo(with.apply(readers), Level.WARNING, "192.0.2.1", "docs/consumers.md");
    }

    @Test
    void clock_isComparedWithAWebServer_onceAnHour() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        server.start();
        List<String> asked = new ArrayList<>();
        try {
            ClockFindings findings = new ClockFindings(
                    Optional::empty,
                    () -> List.of("127.0.0.1"),
                    host -> {
                        asked.add(host);
                        return HttpDate.ask(host, server.getAddress().getPort());
                    },
                    clock,
                    clock);
            // the clock of the test stands still in 2026
            assertSaysWhatToDo(findings.find().get(0), Level.WARNING, "that of 127.0.0.1", "NTP");
            findings.find();
            assertThat(asked).hasSize(1);
            clock.advance(Duration.ofMinutes(61));
            findings.find();
            assertThat(asked).hasSize(2);
        } finally {
            server.stop(0);
        }
        assertThat(HttpDate.ask("127.0.0.1", server.getAddress().getPort())).isEmpty();
    }

    @Test
    void clock_thatAgreesOrHasNobodyToCompare_isRight() {
        Function<Optional<Instant>, Finding> with =
                time -> new ClockFindings(Optional::empty, () -> List.of("mx1.example.org"), host -> time, clock, clock)
                        .find()
                        .get(0);
        assertThat(with.apply(Optional.empty()).text()).contains("has not jumped; it is 2026-11-27T00:00:00Z");
        assertThat(with.apply(Optional.of(clock.instant().plusSeconds(59))))
                .isEqualTo(Finding.ok(
                        "clock", "The clock agrees with that of mx1.example.org; it is 2026-11-27T00:00:00Z."));
        assertSaysWhatToDo(
                with.apply(Optional.of(clock.instant().plusSeconds(90))), Level.WARNING, "90 s behind that of", "NTP");
        ClockFindings jumped = new ClockFindings(
                () -> Optional.of("the clock jumped"), List::of, host -> Optional.empty(), clock, clock);
        assertSaysWhatToDo(jumped.find().get(0), Level.PROBLEM, "the clock jumped", "NTP");
    }

    @Test
    void certificate_thatIsUnknown_isNoProblem() {
        assertThat(CertificateFindings.judge(Optional.empty(), clock.instant()).level())
                .isEqualTo(Level.UNKNOWN);
    }

    private static NodeStatus node(String name, boolean silent, boolean sameKey) {
        Instant heartbeat = Instant.parse("2026-11-27T00:00:00Z");
        return new NodeStatus(name, name.equals("mx1"), "both", heartbeat, silent, 3, sameKey);
    }

    private static List<Finding> findNodes(long clockOffset, NodeStatus... nodes) {
        ExchangeStatus sharing = new ExchangeStatus("both", 1, 2, 0, 0, 0, 0, clockOffset, null, null);
        return new NodeFindings(() -> Optional.of(new NodeReport(sharing, List.of(nodes)))).find();
    }

    @Test
    void nodes_areMissedOnlyIfTheyShare() {
        assertThat(new NodeFindings(Optional::empty).find()).isEmpty();
        assertThat(findNodes(60, node("mx1", false, true), node("mx2", false, true)))
                .containsExactly(Finding.ok("nodes", "One list is shared by mx1, mx2."));
        List<Finding> wrong = findNodes(-61, node("mx1", false, true), node("mx2", true, false));
        assertSaysWhatToDo(wrong.get(0), Level.WARNING, "5 minutes from mx2.", "DELETE /nodes/NAME");
        assertSaysWhatToDo(wrong.get(1), Level.WARNING, "envelope key at mx2.", "envelope-key-file");
        assertSaysWhatToDo(wrong.get(2), Level.WARNING, "61 s behind", "NTP");
    }
}
