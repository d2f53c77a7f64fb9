package org.decoymx.primary;

import static org.assertj.core.api.Assertions.assertThat;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.decoymx.dns.DnsLookupException;
import org.decoymx.dns.MxHost;
import org.decoymx.dns.MxRecords;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Verb;
import org.junit.jupiter.api.Test;

class MxCheckTest {
    private static final List<MxHost> WORST =
            List.of(new MxHost("mx1.example.org", 10), new MxHost("mx9.example.org", 20));
    private static final List<MxHost> BEST =
            List.of(new MxHost("mx9.example.org", 10), new MxHost("mx1.example.org", 20));

    private final Map<String, CompletableFuture<MxRecords>> queries = new LinkedHashMap<>();
    private final List<Sighting> handedOn = new ArrayList<>();
    private final MxCheck check = check(Map.of("example.org", true, "example.net", false));

    private MxCheck check(Map<String, Boolean> domains) {
        MxSettings settings = new MxSettings(domains, Set.of("mx9.example.org"), true);
        return new MxCheck(
                name -> queries.computeIfAbsent(name, key -> new CompletableFuture<>()),
                settings,
                hosts -> Set.of(new PrimaryHost("mx1.example.org", 25)).containsAll(hosts));
    }

    private static Sighting sighting(String address, long number, Verb deepest, CaughtEnvelopes... caught) {
        SessionFacts facts = new SessionFacts(deepest, Set.of(), "", "", 1, 1, false);
        try {
            return new Sighting(
                    number, InetAddress.getByName(address), Instant.EPOCH, facts, Outcome.OPEN, List.of(caught));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static CaughtEnvelopes caught(String... domains) {
        LongArrayList hashes =
                new LongArrayList(LongStream.range(0, domains.length).toArray());
        return new CaughtEnvelopes(1, hashes, hashes, List.of(domains), false);
    }

    private void receive(long number, CaughtEnvelopes... caught) {
        check.prepare(sighting("192.0.2.1", number, Verb.DATA, caught), handedOn::add);
    }

    private void answer(String domain, List<MxHost> hosts) {
        Objects.requireNonNull(queries.get(domain)).complete(new MxRecords(hosts, Duration.ofHours(1)));
    }

    private Stream<Long> handedOnNumbers() {
        return handedOn.stream().map(Sighting::sessionNumber);
    }

    @Test
    void recipients_ofADomainWithAPrimaryThatIsNotMonitored_doNotCount() {
        receive(1, caught("example.org", "lists.example.org"));
        answer("example.org", WORST);
        answer("lists.example.org", List.of(new MxHost("lists-mx.example.org", 10), new MxHost("mx9.example.org", 20)));
        assertThat(handedOn.get(0).caught().get(0).domains()).containsExactly("example.org");
    }

    @Test
    void recipients_areRetained_ifTheDecoyIsTheWorstMxOfTheirDomain() {
        receive(1, caught("example.org", "example.net", "example.org"), caught("example.net"));
        assertThat(handedOn).isEmpty();
        answer("example.org", WORST);
        assertThat(handedOn).isEmpty();
        answer("example.net", BEST);
        assertThat(handedOn).hasSize(1);
        Sighting left = handedOn.get(0);
        assertThat(left.notWorstMx()).isFalse();
        assertThat(left.caught())
                .containsExactly(new CaughtEnvelopes(
                        1,
                        LongArrayList.of(0, 2),
                        LongArrayList.of(0, 2),
                        List.of("example.org", "example.org"),
                        false));

        receive(2, caught("example.org"));
        assertThat(handedOn).as("from the cache").hasSize(2);
    }

    @Test
    void session_withoutSuchRecipient_doesNotCount() {
        receive(1, caught("mx9.example.org"));
        answer("mx9.example.org", List.of());
        receive(2, caught("example.org"));
        Objects.requireNonNull(queries.get("example.org"))
                .completeExceptionally(new DnsLookupException("MX of example.org: no answer"));
        receive(1);
        assertThat(handedOn).hasSize(3).allMatch(Sighting::notWorstMx).allMatch(left -> left.caught()
                .isEmpty());
    }

    @Test
    void sightings_ofASender_keepTheirOrder() {
        receive(1, caught("example.org"));
        receive(2, caught("example.net"));
        receive(3);
        check.prepare(sighting("192.0.2.1", 4, Verb.RCPT), handedOn::add);
        check.prepare(sighting("192.0.2.2", 5, Verb.RCPT), handedOn::add);
        assertThat(handedOnNumbers()).as("another sender").containsExactly(5L);
        answer("example.net", WORST);
        assertThat(handedOn).hasSize(1);
        answer("example.org", WORST);
        assertThat(handedOnNumbers()).containsExactly(5L, 1L, 2L, 3L, 4L);
        assertThat(handedOn.stream().map(Sighting::notWorstMx)).containsExactly(false, false, false, true, false);
    }

    @Test
    void sightings_queuedWhileOthersAreHandedOn_keepTheirOrder() {
        check.prepare(sighting("192.0.2.1", 1, Verb.DATA, caught("example.org")), left -> {
            handedOn.add(left);
            receive(3, caught("example.org"));
        });
        receive(2, caught("example.org"));
        answer("example.org", WORST);
        assertThat(handedOnNumbers()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void tooManyWaitingSightings_doNotCount_andAreNotQueued() {
        for (int i = 0; i < 10_001; i++) {
            receive(i, caught("example.org"));
        }
        assertThat(handedOnNumbers()).containsExactly(10_000L);
        assertThat(handedOn.get(0).notWorstMx()).isTrue();
        answer("example.org", WORST);
        assertThat(handedOn).hasSize(10_001);
        receive(1, caught("example.org"));
        assertThat(handedOn).hasSize(10_002);
    }

    @Test
    void stop_handsOnWhatWaits_withoutCounting() {
        receive(1, caught("example.org"));
        receive(2, caught("example.net"));
        check.stop();
        assertThat(handedOnNumbers()).containsExactly(1L, 2L);
        assertThat(handedOn).allMatch(Sighting::notWorstMx);
    }

    @Test
    void withoutMxCheck_everythingIsHandedOnUnchanged() {
        Sighting sighting = sighting("192.0.2.1", 1, Verb.DATA, caught("example.org"));
        check(Map.of()).prepare(sighting, handedOn::add);
        assertThat(handedOn).containsExactly(sighting);
        assertThat(queries).isEmpty();
    }
}
