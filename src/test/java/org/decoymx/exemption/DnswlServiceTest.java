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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.IpNetwork;
import org.decoymx.sighting.Sighting;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DnswlServiceTest {
    private static final String SENDER = "192.0.2.7";
    private static final String QUESTION = "7.2.0.192.list.test";

    private final Map<String, CompletableFuture<List<InetAddress>>> asked = new LinkedHashMap<>();
    private final List<String> counted = new ArrayList<>();
    private final List<String> effects = new ArrayList<>();
    private final List<Runnable> later = new ArrayList<>();
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
                        .map(zone -> new DnswlZone(zone, this::ask, clock))
                        .toList(),
                exempt,
                new DnswlService.DnswlCallbacks() {
                    @Override
                    public void runLater(Runnable task) {
                        later.add(task);
                    }

                    @Override
                    public void delist(Set<Origin> origins) {
                        effects.add("pardon " + origins);
                    }
                },
                clock);
    }

    private CompletableFuture<List<InetAddress>> ask(String name) {
        CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        asked.put(name, answer);
        return answer;
    }

    private static InetAddress address(String text) {
        return Objects.requireNonNull(NetUtil.createInetAddressFromIpAddressString(text));
    }

    private static Sighting sighting(String sender, int recipients, Trait... traits) {
        EnumSet<Trait> shown = EnumSet.noneOf(Trait.class);
        shown.addAll(List.of(traits));
        SessionFacts notes = new SessionFacts(Verb.DATA, shown, "", "", recipients, recipients, false);
        return new Sighting(1, address(sender), Instant.EPOCH, notes, Sighting.Outcome.QUIT);
    }

    private void comes(DnswlService to, String sender, String name) {
        to.prepare(sighting(sender, 1), () -> counted.add(name));
    }

    private void comes(String name) {
        comes(dnswl, SENDER, name);
    }

    private void answers(String question, String... codes) {
        Objects.requireNonNull(asked.get(question))
                .complete(List.of(codes).stream().map(DnswlServiceTest::address).toList());
    }

    private void fails(String question) {
        Objects.requireNonNull(asked.get(question)).completeExceptionally(new DnsLookupException("A of x: SERVFAIL"));
    }

    private static @Nullable String find(DnswlService in, String sender) {
        return in.findReason(Origin.parse(sender).orElseThrow());
    }

    private static void assertUnanswered(DnswlService in, String sender) {
        assertThat(find(in, sender)).isNull();
        assertThat(in.isUnanswered(Origin.parse(sender).orElseThrow())).isTrue();
    }

    @Test
    void sender_listed_isExempt_andWaitsForTheAnswer() {
        comes("one");
        assertThat(counted).isEmpty();
        answers(QUESTION, "127.0.5.2");
        assertThat(counted).containsExactly("one");
        assertThat(find(dnswl, SENDER)).isEqualTo("listed by list.test (127.0.5.2)");
        assertThat(dnswl.queries()).isEqualTo(1);
        assertThat(dnswl.failures()).isZero();
    }

    @Test
    void sender_notListed_isNotExempt_andIsNotAskedForAgainWithinAnHour() {
        comes("one");
        answers(QUESTION);
        assertThat(find(dnswl, SENDER)).isNull();
        now = now.plusSeconds(3_599);
        comes("two");
        assertThat(counted).containsExactly("one", "two");
        now = now.plusSeconds(1);
        comes("three");
        assertThat(counted).hasSize(2);
        assertThat(dnswl.queries()).isEqualTo(2);
    }

    @Test
    void sightings_ofOneSender_goOnInTheirOrder_eachOnce() {
        dnswl.prepare(sighting(SENDER, 1), () -> {
            counted.add("one");
            comes("three");
        });
        comes("two");
        comes(dnswl, "192.0.2.8", "other");
        answers("8.2.0.192.list.test");
        assertThat(counted).containsExactly("other");
        answers(QUESTION);
        assertThat(counted).containsExactly("other", "one", "two", "three");
        comes("four");
        assertThat(counted).endsWith("four");
    }

    @Test
    void failure_isSaidForAShortTime_andThenAskedForAgain() {
        comes("one");
        fails(QUESTION);
        assertThat(counted).containsExactly("one");
        assertUnanswered(dnswl, SENDER);
        assertThat(dnswl.zones().get("list.test")).contains("A of x: SERVFAIL");
        assertThat(dnswl.failures()).isEqualTo(1);
        now = now.plusSeconds(9);
        comes("two");
        assertThat(counted).containsExactly("one", "two");
        now = now.plusSeconds(1);
        comes("three");
        answers(QUESTION);
        assertThat(find(dnswl, SENDER)).isNull();
        assertThat(dnswl.isUnanswered(Origin.parse(SENDER).orElseThrow())).isFalse();
        assertThat(dnswl.zones().get("list.test")).isEmpty();
    }

    @Test
    void answers_thatSayNothingOfTheSender_areFailures() {
        int last = 10;
        for (String code : List.of("127.0.0.255", "127.255.255.254", "192.0.2.1")) {
            comes(dnswl, "192.0.2." + last, code);
            answers(last + ".2.0.192.list.test", code);
            assertUnanswered(dnswl, "192.0.2." + last);
            assertThat(dnswl.zones().get("list.test"))
                    .hasValueSatisfying(words -> assertThat(words).contains(code));
            last++;
        }
    }

    @Test
    void zones_areAskedAtOnce_andOneThatHasTheSenderIsEnough() {
        DnswlService both = dnswl("a.test", "b.test");
        comes(both, SENDER, "one");
        assertThat(asked).containsOnlyKeys("7.2.0.192.a.test", "7.2.0.192.b.test");
        fails("7.2.0.192.a.test");
        assertThat(counted).isEmpty();
        answers("7.2.0.192.b.test", "127.0.0.1");
        assertThat(find(both, SENDER)).isEqualTo("listed by b.test (127.0.0.1)");

        comes(both, "192.0.2.8", "two");
        answers("8.2.0.192.a.test");
        fails("8.2.0.192.b.test");
        assertUnanswered(both, "192.0.2.8");
    }

    @Test
    void ipv6_isAskedForNibbleByNibble_andKnownByItsNetwork() {
        comes(dnswl, "2001:db8::1f", "one");
        answers("f.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.list.test", "127.0.5.1");
        assertThat(find(dnswl, "2001:db8::77")).startsWith("listed by");
    }

    @Test
    void senders_thatCountForNothing_orAreDecidedOnAlready_areNotAskedFor() {
        exempt.replaceSource("own", List.of(Exemption.of(IpNetwork.parse("198.51.100.0/24"), "ours")));
        comes(dnswl, "198.51.100.1", "exempt");
        dnswl.prepare(sighting(SENDER, 0), () -> counted.add("no recipient"));
        comes(dnswl(), SENDER, "no zone");
        assertThat(counted).containsExactly("exempt", "no recipient", "no zone");
        assertThat(asked).isEmpty();
        dnswl.prepare(sighting(SENDER, 0, Trait.EARLY_TALKER), () -> counted.add("rude"));
        assertThat(asked).hasSize(1);
    }

    @Test
    void questions_areBounded_andBeyondCountAsFailures() {
        IntStream.range(0, 10_000).forEach(i -> comes(dnswl, "10.0." + i / 256 + "." + i % 256, "waits"));
        assertThat(counted).isEmpty();
        comes(dnswl, "10.1.0.1", "beyond");
        assertThat(counted).containsExactly("beyond");
        assertUnanswered(dnswl, "10.1.0.1");
    }

    @Test
    void sightings_thatWait_areBounded() {
        IntStream.range(0, 50_000).forEach(i -> comes("waits"));
        assertThat(counted).isEmpty();
        comes("last");
        assertThat(counted).hasSize(50_001).endsWith("last");
    }

    @Test
    void stop_letsAllGoOnAtOnce_andALateAnswerCountsNothingTwice() {
        comes("one");
        dnswl.stop();
        assertThat(counted).containsExactly("one");
        comes(dnswl, "192.0.2.8", "two");
        assertThat(counted).containsExactly("one", "two");
        answers(QUESTION);
        assertThat(counted).hasSize(2);
        assertThat(later).isEmpty();
    }

    @Test
    void effects_followOnceALittleLater() {
        comes("one");
        answers(QUESTION, "127.0.5.2");
        comes(dnswl, "192.0.2.8", "two");
        fails("8.2.0.192.list.test");
        assertThat(later).hasSize(1);

        later.remove(0).run();
        assertThat(effects).containsExactly("pardon [192.0.2.7]");
        assertThat(later).isEmpty();
    }
}
