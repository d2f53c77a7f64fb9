package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import org.decoymx.conversation.Notes;
import org.decoymx.conversation.Trait;
import org.decoymx.conversation.Verb;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Ending;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");

    private static final Node NODE = new Node("here");

    /** Lists for an hour whoever completes a conversation, and counts how often. */
    private static final Scoring SCORING = (known, own, sighting) -> sighting.isCaught()
            ? new Score(
                    own.points() + 10,
                    sighting.at().getEpochSecond(),
                    own.offences() + 1,
                    sighting.at().getEpochSecond(),
                    sighting.at().getEpochSecond() + 3_600)
            : own;

    @TempDir
    private Path dir;

    private Ledger ledger;

    @BeforeEach
    void open() throws Fault {
        ledger = ledger();
        ledger.open();
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private Ledger ledger() {
        return new Ledger(dir.resolve("ledger.db"), NODE, SCORING, Clock.fixed(T, ZoneOffset.UTC));
    }

    private static InetAddress ip(String address) {
        return Objects.requireNonNull(NetUtil.createInetAddressFromIpAddressString(address));
    }

    private static Origin origin(String address) {
        return Origin.parse(address).orElseThrow();
    }

    private static Sighting sighting(
            long session, String address, long second, Verb deepest, Ending end, Trait... traits) {
        EnumSet<Trait> noted = EnumSet.noneOf(Trait.class);
        noted.addAll(List.of(traits));
        int taken = deepest == Verb.DATA ? 1 : 0;
        return new Sighting(
                session, ip(address), T.plusSeconds(second), new Notes(deepest, noted, "", "", 1, taken, false), end);
    }

    private Sender fold(Sighting... sightings) {
        ledger.fold(List.of(sightings));
        return ledger.commit().iterator().next();
    }

    @Test
    void session_seenAtDeferralAndEnd_countsOnce() {
        fold(sighting(1, "192.0.2.1", 0, Verb.DATA, Ending.OPEN));
        Sender sender = fold(sighting(1, "192.0.2.1", 9, Verb.DATA, Ending.LEFT, Trait.NO_QUIT));
        long at = T.getEpochSecond();
        assertThat(sender)
                .isEqualTo(new Sender(
                        origin("192.0.2.1"),
                        T,
                        T.plusSeconds(9),
                        1,
                        1,
                        EnumSet.of(Trait.NO_QUIT),
                        List.of(new Score(10, at, 1, at, at + 3_600))));
        assertThat(ledger.find(origin("192.0.2.1"))).contains(sender);
    }

    @Test
    void session_seenTwiceInOneBatch_countsOnce() {
        Sender sender = fold(
                sighting(1, "192.0.2.1", 0, Verb.DATA, Ending.OPEN),
                sighting(1, "192.0.2.1", 1, Verb.DATA, Ending.QUIT));
        assertThat(sender.sessions()).isEqualTo(1);
        assertThat(sender.conversations()).isEqualTo(1);
    }

    @Test
    void session_endedWithoutDeferral_countsAsSessionOnly() {
        Sender sender = fold(sighting(1, "192.0.2.1", 0, Verb.RCPT, Ending.QUIT));
        assertThat(sender.sessions()).isEqualTo(1);
        assertThat(sender.conversations()).isZero();
        assertThat(sender.latest()).isEqualTo(Score.NONE);
    }

    @Test
    void sessions_ofOneSender_addUp() {
        fold(sighting(1, "192.0.2.1", 0, Verb.DATA, Ending.OPEN, Trait.RELAY_PROBE));
        fold(sighting(2, "192.0.2.1", 5, Verb.DATA, Ending.OPEN, Trait.EARLY_TALKER));
        Sender sender = fold(sighting(3, "192.0.2.1", 7, Verb.EHLO, Ending.LEFT));
        assertThat(sender.sessions()).isEqualTo(3);
        assertThat(sender.conversations()).isEqualTo(2);
        assertThat(sender.latest().scoredAt()).isEqualTo(T.plusSeconds(5).getEpochSecond());
        assertThat(sender.lastSeen()).isEqualTo(T.plusSeconds(7));
        assertThat(sender.traits()).containsExactly(Trait.EARLY_TALKER, Trait.RELAY_PROBE);
    }

    @Test
    void senders_ofOneIpv6Network_areOne() {
        fold(sighting(1, "2001:db8::1", 0, Verb.DATA, Ending.OPEN));
        Sender sender = fold(sighting(2, "2001:db8::2", 0, Verb.DATA, Ending.OPEN));
        assertThat(sender.sessions()).isEqualTo(2);
        assertThat(ledger.find(origin("2001:db8:0:1::1"))).isEmpty();
    }

    @Test
    void origin_written_isAsRfc5952Says() {
        assertThat(origin("192.0.2.1")).hasToString("192.0.2.1");
        assertThat(origin("255.255.255.255")).hasToString("255.255.255.255");
        assertThat(origin("2001:DB8:0:0:8:800:200C:417A")).hasToString("2001:db8::/64");
        assertThat(origin("2001:db8:0:1::1")).hasToString("2001:db8:0:1::/64");
        assertThat(origin("2001:0:0:1::1")).hasToString("2001:0:0:1::/64");
        assertThat(origin("ffff:ffff:ffff:ffff::")).hasToString("ffff:ffff:ffff:ffff::/64");
        assertThat(origin("::1")).hasToString("::/64");
    }

    @Test
    void origin_ipv4Mapped_isIpv4() {
        assertThat(origin("::ffff:192.0.2.1")).isEqualTo(origin("192.0.2.1"));
        assertThat(origin("::ffff:c000:201")).hasToString("192.0.2.1");
    }

    @Test
    void origin_ofAnythingElse_isNone() {
        for (String bad : List.of(
                "",
                "mx.example.org",
                "192.0.2",
                "192.0.2.256",
                "192.0.2.1/32",
                "2001:db8::/64",
                "2001:db8:::1",
                " 192.0.2.1",
                "1",
                "0x7f000001")) {
            assertThat(Origin.parse(bad)).as(bad).isEmpty();
        }
    }

    @Test
    void origins_sorted_areInOrderOfTheirAddresses() {
        assertThat(List.of("ffff::", "::1", "200.0.0.1", "9.0.0.1").stream()
                        .map(LedgerTest::origin)
                        .sorted())
                .extracting(Origin::toString)
                .containsExactly("9.0.0.1", "200.0.0.1", "::/64", "ffff::/64");
    }
}
