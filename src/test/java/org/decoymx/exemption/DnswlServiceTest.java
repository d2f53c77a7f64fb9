package org.decoymx.exemption;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.decoymx.dns.DnsLookupException;
import org.decoymx.net.IpText;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.sighting.Sighting;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DnswlServiceTest {
    private static final String SENDER = "192.0.2.7";
    private static final String QUERY_NAME = "7.2.0.192.list.test";

    private final Map<String, CompletableFuture<List<InetAddress>>> queries = new LinkedHashMap<>();
    private final List<String> counted = new ArrayList<>();
    private final List<String> delistCalls = new ArrayList<>();
    private final List<Runnable> scheduledTasks = new ArrayList<>();
    private final ExemptNetworks exempt = new ExemptNetworks();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

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

    private final DnswlService dnswl = dnswl("list.test");

    private DnswlService dnswl(String... zones) {
        return new DnswlService(
                List.of(zones).stream()
                        .map(zone -> new DnswlZone(zone, this::query, clock))
                        .toList(),
                exempt,
                scheduledTasks::add,
                origins -> delistCalls.add("delist " + origins),
                clock);
    }

    private CompletableFuture<List<InetAddress>> query(String name) {
        CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        queries.put(name, answer);
        return answer;
    }

    private static InetAddress address(String text) {
        return Objects.requireNonNull(NetUtil.createInetAddressFromIpAddressString(text));
    }

    private static Sighting sighting(String sender, int recipients, Trait... traits) {
        EnumSet<Trait> traitSet = EnumSet.noneOf(Trait.class);
        traitSet.addAll(List.of(traits));
        SessionFacts facts = new SessionFacts(Verb.DATA, traitSet, "", "", recipients, recipients, false);
        return new Sighting(1, address(sender), Instant.EPOCH, facts, Sighting.Outcome.QUIT, List.of());
    }

    private void receive(DnswlService service, String sender, String name) {
        service.prepare(sighting(sender, 1), next -> counted.add(name));
    }

    private void receive(String name) {
        receive(dnswl, SENDER, name);
    }

    private void answer(String name, String... codes) {
        Objects.requireNonNull(queries.get(name))
                .complete(List.of(codes).stream().map(DnswlServiceTest::address).toList());
    }

    private void fail(String name) {
        Objects.requireNonNull(queries.get(name)).completeExceptionally(new DnsLookupException("A of x: SERVFAIL"));
    }

    private static @Nullable String find(DnswlService service, String sender) {
        return service.findReason(IpText.parseHostNetwork(sender).orElseThrow());
    }

    private static void assertUnanswered(DnswlService service, String sender) {
        assertThat(find(service, sender)).isNull();
        assertThat(service.isUnanswered(IpText.parseHostNetwork(sender).orElseThrow()))
                .isTrue();
    }

    @Test
    void listedSender_waitsForAnswer_andIsExempt() {
        receive("one");
        assertThat(counted).isEmpty();
        answer(QUERY_NAME, "127.0.5.2");
        assertThat(counted).containsExactly("one");
        assertThat(find(dnswl, SENDER)).isEqualTo("listed by list.test (127.0.5.2)");
        assertThat(dnswl.queries()).isEqualTo(1);
        assertThat(dnswl.failures()).isZero();
    }

    @Test
    void unlistedSender_isNotExempt_andIsNotQueriedAgainWithinAnHour() {
        receive("one");
        answer(QUERY_NAME);
        assertThat(find(dnswl, SENDER)).isNull();
        now = now.plusSeconds(3_599);
        receive("two");
        assertThat(counted).containsExactly("one", "two");
        now = now.plusSeconds(1);
        receive("three");
        assertThat(counted).hasSize(2);
        assertThat(dnswl.queries()).isEqualTo(2);
    }

    @Test
    void sightingsOfOneSender_runInOrder_eachOnce() {
        dnswl.prepare(sighting(SENDER, 1), next -> {
            counted.add("one");
            receive("three");
        });
        receive("two");
        receive(dnswl, "192.0.2.8", "other");
        answer("8.2.0.192.list.test");
        assertThat(counted).containsExactly("other");
        answer(QUERY_NAME);
        assertThat(counted).containsExactly("other", "one", "two", "three");
        receive("four");
        assertThat(counted).endsWith("four");
    }

    @Test
    void failure_isCachedForTenSeconds_andThenQueriedAgain() {
        receive("one");
        fail(QUERY_NAME);
        assertThat(counted).containsExactly("one");
        assertUnanswered(dnswl, SENDER);
        assertThat(dnswl.zones().get("list.test")).contains("A of x: SERVFAIL");
        assertThat(dnswl.failures()).isEqualTo(1);
        now = now.plusSeconds(9);
        receive("two");
        assertThat(counted).containsExactly("one", "two");
        now = now.plusSeconds(1);
        receive("three");
        answer(QUERY_NAME);
        assertThat(find(dnswl, SENDER)).isNull();
        assertThat(dnswl.isUnanswered(IpText.parseHostNetwork(SENDER).orElseThrow()))
                .isFalse();
        assertThat(dnswl.zones().get("list.test")).isEmpty();
    }

    @Test
    void errorCodes_areFailures() {
        int last = 10;
        for (String code : List.of("127.0.0.255", "127.255.255.254", "192.0.2.1")) {
            receive(dnswl, "192.0.2." + last, code);
            answer(last + ".2.0.192.list.test", code);
            assertUnanswered(dnswl, "192.0.2." + last);
            assertThat(dnswl.zones().get("list.test"))
                    .hasValueSatisfying(error -> assertThat(error).contains(code));
            last++;
        }
    }

    @Test
    void zones_areQueriedInParallel_andOneListingSuffices() {
        DnswlService twoZones = dnswl("a.test", "b.test");
        receive(twoZones, SENDER, "one");
        assertThat(queries).containsOnlyKeys("7.2.0.192.a.test", "7.2.0.192.b.test");
        fail("7.2.0.192.a.test");
        assertThat(counted).isEmpty();
        answer("7.2.0.192.b.test", "127.0.0.1");
        assertThat(find(twoZones, SENDER)).isEqualTo("listed by b.test (127.0.0.1)");

        receive(twoZones, "192.0.2.8", "two");
        answer("8.2.0.192.a.test");
        fail("8.2.0.192.b.test");
        assertUnanswered(twoZones, "192.0.2.8");
    }

    @Test
    void ipv6_isQueriedByNibbles_andItsNetworkIsNeverListed() {
        receive(dnswl, "2001:db8::1f", "one");
        answer("f.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.list.test", "127.0.5.1");
        assertThat(find(dnswl, "2001:db8::1f")).startsWith("listed by");
        assertThat(find(dnswl, "2001:db8::77")).isNull();
        assertThat(dnswl.findReason(IpText.parseNetwork("2001:db8::/64"))).startsWith("listed by");
    }

    @Test
    void unscoredOrDecidedSenders_areNotQueried() {
        exempt.replaceSource("own", List.of(Exemption.of(IpText.parseNetwork("198.51.100.0/24"), "ours")));
        receive(dnswl, "198.51.100.1", "exempt");
        dnswl.prepare(sighting(SENDER, 0), next -> counted.add("no recipient"));
        dnswl.prepare(sighting(SENDER, 0, Trait.EARLY_TALKER), next -> counted.add("trait"));
        receive(dnswl(), SENDER, "no zone");
        assertThat(counted).containsExactly("exempt", "no recipient", "trait", "no zone");
        assertThat(queries).isEmpty();
    }

    @Test
    void pendingQueries_areBounded_andExcessIsAFailure() {
        IntStream.range(0, 10_000).forEach(i -> receive(dnswl, "10.0." + i / 256 + "." + i % 256, "queued"));
        assertThat(counted).isEmpty();
        receive(dnswl, "10.1.0.1", "excess");
        assertThat(counted).containsExactly("excess");
        assertUnanswered(dnswl, "10.1.0.1");
    }

    @Test
    void queuedSightings_areBounded() {
        IntStream.range(0, 50_000).forEach(i -> receive("queued"));
        assertThat(counted).isEmpty();
        receive("last");
        assertThat(counted).hasSize(50_001).endsWith("last");
    }

    @Test
    void stop_releasesAllSightings_andALateAnswerRunsNothingTwice() {
        receive("one");
        dnswl.stop();
        assertThat(counted).containsExactly("one");
        receive(dnswl, "192.0.2.8", "two");
        assertThat(counted).containsExactly("one", "two");
        answer(QUERY_NAME);
        assertThat(counted).hasSize(2);
        assertThat(scheduledTasks).isEmpty();
    }

    @Test
    void delisting_isScheduledOnce() {
        receive("one");
        answer(QUERY_NAME, "127.0.5.2");
        receive(dnswl, "192.0.2.8", "two");
        fail("8.2.0.192.list.test");
        assertThat(scheduledTasks).hasSize(1);

        scheduledTasks.remove(0).run();
        assertThat(delistCalls).containsExactly("delist [192.0.2.7]");
        assertThat(scheduledTasks).isEmpty();
    }

    @Test
    void ipv6Address_isDelistedWithItsNetwork() {
        receive(dnswl, "2001:db8:1:2::7", "one");
        queries.values().iterator().next().complete(List.of(address("127.0.5.2")));
        scheduledTasks.remove(0).run();
        assertThat(delistCalls).singleElement().asString().contains("2001:db8:1:2::7", "2001:db8:1:2::/64");
    }
}
