package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import it.unimi.dsi.fastutil.longs.LongList;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.DeliveryAttempts.ExcusedCatch;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.Sighting;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeliveryAttemptsTest {
    private static final long START = 1_800_000_000;
    private static final long T = START + 10_000;
    private static final long ENVELOPE = 77;
    private static final long RECIPIENT = 7;
    private static final String CLIENT = "192.0.2.1";

    private final DeliveryAttempts attempts = new DeliveryAttempts(START, 4_096);

    private static IpPrefix address(String text) {
        return IpText.parseHostNetwork(text).orElseThrow();
    }

    private static PrimaryAttempt visit(String client, long at, @Nullable VisitResult result) {
        return new PrimaryAttempt(address(client), at, RECIPIENT, ENVELOPE, result);
    }

    private static CaughtEnvelopes caught(long at, long recipient, long envelope) {
        return new CaughtEnvelopes(at, LongList.of(envelope), LongList.of(recipient), List.of("example.org"), false);
    }

    private void record(PrimaryAttempt visit) {
        attempts.recordVisit(visit, visit.at());
    }

    private boolean isExcused(String client, long at, long recipient, long envelope) {
        return attempts.findCounted(address(client), List.of(caught(at, recipient, envelope)))
                .isEmpty();
    }

    private boolean isExcused(String client, long at) {
        return isExcused(client, at, RECIPIENT, ENVELOPE);
    }

    @ParameterizedTest(name = "{0} to recipient {1} with envelope {2}: {3}")
    @CsvSource({
        "192.0.2.1,   7, 77, true",
        "192.0.2.1,   7, 78, true",
        "192.0.2.255, 7, 78, true",
        "192.0.3.1,   7, 78, false",
        "192.0.3.1,   8, 77, true",
        "2001:db8::1, 7, 77, true",
        "2001:db8::1, 7, 78, false",
        "192.0.2.1,   8, 78, false",
    })
    void deferral_excusesTheSameRecipientOfItsNetwork_andTheSameEnvelopeFromAnywhere(
            String client, long recipient, long envelope, boolean excused) {
        for (VisitResult result : List.of(VisitResult.ASKED, VisitResult.DEFERRED)) {
            DeliveryAttempts one = new DeliveryAttempts(START, 1_024);
            one.recordVisit(visit(CLIENT, T, result), T);
            CaughtEnvelopes transaction = caught(T + 5, recipient, envelope);
            assertThat(one.findCounted(address(client), List.of(transaction)).isEmpty())
                    .isEqualTo(excused);
        }
    }

    @ParameterizedTest(name = "{0}, {1} s later: {2}")
    @CsvSource({
        "DEFERRED, 0, true",
        "DEFERRED, 3600, true",
        "DEFERRED, 3601, false",
        "DEFERRED, -10, true",
        "DEFERRED, -11, false",
        "ASKED, 0, true",
        "ASKED, 3600, true",
        "ASKED, 3601, false",
        "ASKED, -1, false",
        "ACCEPTED, 0, false",
        "ACCEPTED, 60, false",
        "REJECTED, 60, false",
        ", 0, true",
        ", 900, true",
        ", 901, false",
        ", -10, true",
        ", -11, false",
    })
    void visit_excusesForAnHour_orAQuarterOfOneIfOnlyTheAddressIsKnown(
            @Nullable VisitResult result, long later, boolean excused) {
        record(visit(CLIENT, T, result));
        assertThat(isExcused(CLIENT, T + later)).isEqualTo(excused);
    }

    @ParameterizedTest(name = "{0} s later: {1}")
    @CsvSource({"-11, false", "-10, true", "0, true", "900, true", "901, false"})
    void visitOfAnAddress_excusesItForAQuarterOfAnHour(long later, boolean excused) {
        assertThat(DeliveryAttempts.excusesAddress(T, T + later)).isEqualTo(excused);
    }

    @Test
    void visitWithoutRecipient_excusesOnlyItsAddress() {
        record(new PrimaryAttempt(address(CLIENT), T, 0, 0, VisitResult.DEFERRED));
        assertThat(isExcused(CLIENT, T + 900)).isTrue();
        assertThat(isExcused(CLIENT, T + 901)).isFalse();
        assertThat(isExcused("192.0.2.2", T)).isFalse();
        record(new PrimaryAttempt(address("2001:db8::1"), T, 0, 0, VisitResult.DEFERRED));
        assertThat(isExcused("2001:db8::1", T)).isTrue();
        for (int host = 2; host < 2_000; host++) {
            IpPrefix other = new IpPrefix(0x2001_0db8_0000_0000L, host, 128);
            assertThat(attempts.findCounted(other, List.of(caught(T, 1, 1))))
                    .as("another address of its /64")
                    .hasSize(1);
        }
    }

    @Test
    void messageThatWasAcceptedAfterAll_excusesNothingAfterThat() {
        record(visit(CLIENT, T, VisitResult.DEFERRED));
        record(visit(CLIENT, T + 600, VisitResult.ACCEPTED));
        assertThat(isExcused(CLIENT, T + 599)).isTrue();
        assertThat(isExcused(CLIENT, T + 600)).isFalse();
    }

    @Test
    void result_thatIsNotLaterThanTheDeferral_isThatOfAnEarlierMessage() {
        record(visit(CLIENT, T, VisitResult.ACCEPTED));
        record(visit(CLIENT, T, VisitResult.DEFERRED));
        assertThat(isExcused(CLIENT, T + 60)).isTrue();
        record(visit(CLIENT, T + 1, VisitResult.ACCEPTED));
        assertThat(isExcused(CLIENT, T + 60)).isFalse();
    }

    @Test
    void result_ofALongSession_answersTheQuestionOfThePolicyService() {
        record(visit(CLIENT, T - 301, VisitResult.ACCEPTED));
        record(visit(CLIENT, T, VisitResult.ASKED));
        assertThat(isExcused(CLIENT, T + 60)).isTrue();
        record(visit(CLIENT, T - 300, VisitResult.ACCEPTED));
        assertThat(isExcused(CLIENT, T + 60)).isFalse();
    }

    @Test
    void questionOfThePolicyService_isAnsweredByTheLog() {
        record(visit(CLIENT, T, VisitResult.ASKED));
        assertThat(isExcused(CLIENT, T + 60)).isTrue();
        // the log has the time at which the session began
        record(visit(CLIENT, T - 20, VisitResult.REJECTED));
        assertThat(isExcused(CLIENT, T + 60)).isFalse();
    }

    /** With 100 recipients and 100 visits to each, so many more would be looked at that the policy service waits. */
    @Test
    void result_isAmongTheLatestAttempts() {
        record(visit(CLIENT, T, VisitResult.DEFERRED));
        record(visit(CLIENT, T + 1, VisitResult.ACCEPTED));
        for (int i = 0; i < 9; i++) {
            record(visit(CLIENT, T, VisitResult.DEFERRED));
        }
        assertThat(isExcused(CLIENT, T + 60)).isFalse();
        record(visit(CLIENT, T, VisitResult.DEFERRED));
        assertThat(isExcused(CLIENT, T + 60)).isTrue();
    }

    @Test
    void acceptedMessageOfAnotherNetwork_doesNotAnswer() {
        record(visit(CLIENT, T, VisitResult.DEFERRED));
        record(visit("198.51.100.1", T + 1, VisitResult.ACCEPTED));
        assertThat(isExcused(CLIENT, T + 2)).isTrue();
    }

    @Test
    void onlyExcusedTransactions_areDropped() {
        record(visit(CLIENT, T, VisitResult.DEFERRED));
        CaughtEnvelopes excused = caught(T, RECIPIENT, ENVELOPE);
        CaughtEnvelopes other = caught(T, 9, 99);
        CaughtEnvelopes both =
                new CaughtEnvelopes(T, LongList.of(99, ENVELOPE), LongList.of(9, RECIPIENT), List.of("a", "b"), false);
        assertThat(attempts.findCounted(address(CLIENT), List.of(excused, other, both)))
                .containsExactly(other);
    }

    private static Sighting sighting(CaughtEnvelopes... caught) {
        Sighting session = SessionFixtures.complete(CLIENT, Instant.ofEpochSecond(T));
        return new Sighting(
                1, session.address(), session.seenAt(), session.facts(), session.outcome(), List.of(caught));
    }

    @Test
    void excusedTransaction_countsAfterAll_whenItsMessageWasAccepted() {
        record(visit(CLIENT, T - 60, VisitResult.ASKED));
        CaughtEnvelopes other = caught(T, 9, 99);
        CaughtEnvelopes excused =
                new CaughtEnvelopes(T, LongList.of(ENVELOPE, 78), LongList.of(RECIPIENT, 8), List.of("a", "b"), false);
        attempts.holdExcused(address(CLIENT), sighting(excused, other), List.of(other));
        PrimaryAttempt later = visit(CLIENT, T + 1, VisitResult.ACCEPTED);
        record(later);
        assertThat(attempts.releaseDecided(List.of(later))).isEmpty();
        PrimaryAttempt accepted = visit(CLIENT, T - 60, VisitResult.ACCEPTED);
        assertThat(attempts.releaseDecided(List.of(accepted))).isEmpty();
        record(accepted);
        assertThat(attempts.releaseDecided(List.of(later, accepted))).containsExactly(sighting(excused));
        assertThat(attempts.releaseDecided(List.of(accepted))).isEmpty();
    }

    @Test
    void undecidedTransactions_areBounded() {
        record(visit(CLIENT, T, VisitResult.ASKED));
        PrimaryAttempt accepted = visit(CLIENT, T, VisitResult.ACCEPTED);
        record(accepted);
        attempts.holdExcused(address(CLIENT), sighting(caught(T, RECIPIENT, ENVELOPE)), List.of());
        for (int i = 1; i <= 5_000; i++) {
            attempts.holdExcused(address(CLIENT), sighting(caught(T, i, 10_000 + i)), List.of());
        }
        assertThat(attempts.releaseDecided(List.of(accepted))).isEmpty();
        assertThat(attempts.releaseDecided(
                        List.of(new PrimaryAttempt(address(CLIENT), T, 1, 10_001, VisitResult.ACCEPTED))))
                .hasSize(1);
    }

    @Test
    void undecidedEnvelope_thatComesAgain_pushesOutNone() {
        UndecidedCatches undecided = new UndecidedCatches();
        undecided.add(IpPrefix.ofBits(false, 0), sighting(caught(T, RECIPIENT, 1)));
        for (long i = 1; i <= 5_000; i++) {
            undecided.add(IpPrefix.ofBits(false, i << 16), sighting(caught(T, RECIPIENT, ENVELOPE)));
        }
        assertThat(undecided.find(1)).isNotNull();
        assertThat(undecided.find(ENVELOPE)).isNotNull();
    }

    @Test
    void lateReport_findsTheCatch() {
        attempts.recordCatch(address("192.0.2.9"), address("192.0.2.9"), caught(T, RECIPIENT, 1));
        attempts.recordCatch(address("198.51.100.9"), address("198.51.100.9"), caught(T + 1, 1, ENVELOPE));
        attempts.recordCatch(address("203.0.113.9"), address("203.0.113.9"), caught(T + 2, RECIPIENT, 1));
        attempts.recordCatch(address("192.0.2.9"), address("192.0.2.9"), caught(T - 11, RECIPIENT, 1));
        PrimaryAttempt late = visit(CLIENT, T, VisitResult.DEFERRED);
        record(late);
        assertThat(attempts.findExcused(List.of(late)))
                .containsExactlyInAnyOrder(
                        new ExcusedCatch(address("192.0.2.9"), T), new ExcusedCatch(address("198.51.100.9"), T + 1));
        PrimaryAttempt accepted = visit(CLIENT, T, VisitResult.ACCEPTED);
        assertThat(attempts.findExcused(List.of(accepted))).isEmpty();
    }

    @Test
    void lateReport_withoutResult_findsTheCatchOfItsAddress() {
        attempts.recordCatch(address(CLIENT), address(CLIENT), caught(T, 1, 1));
        attempts.recordCatch(address("192.0.2.2"), address("192.0.2.2"), caught(T, 1, 1));
        assertThat(attempts.findExcused(List.of(visit(CLIENT, T - 900, null))))
                .containsExactly(new ExcusedCatch(address(CLIENT), T));
    }

    @Test
    void lateReport_ofAnAddressThatIsCountedForItsNetwork_findsTheCatch() {
        IpPrefix network = address("2001:db8:1:2::17").neighborhood();
        attempts.recordCatch(network, address("2001:db8:1:2::17"), caught(T, 1, 1));
        assertThat(attempts.findExcused(List.of(visit("2001:db8:1:2::18", T - 60, null))))
                .isEmpty();
        assertThat(attempts.findExcused(List.of(visit("2001:db8:1:2::17", T - 60, null))))
                .containsExactly(new ExcusedCatch(network, T));
    }

    @Test
    void floodOfCatchesOfOneNetwork_pushesOutNoneOfOthers() {
        for (int i = 0; i < 300; i++) {
            IpPrefix sender = IpPrefix.ofBits(false, (long) i << 16);
            attempts.recordCatch(sender, sender, caught(T, i, i));
        }
        for (int i = 0; i < 10_000; i++) {
            IpPrefix sender = new IpPrefix(0x2001_0db8_0000_0000L + i, 1, 128);
            attempts.recordCatch(sender, sender, caught(T, 1_000, 1_000));
        }
        for (int i = 0; i < 300; i++) {
            IpPrefix sender = IpPrefix.ofBits(false, (long) i << 16);
            PrimaryAttempt late = PrimaryAttempt.ofClient(sender, T - 60);
            assertThat(attempts.findExcused(List.of(late))).containsExactly(new ExcusedCatch(sender, T));
        }
    }

    @Test
    void visitOlderThan75Minutes_isNotKept() {
        attempts.recordVisit(visit(CLIENT, T - 4_501, VisitResult.DEFERRED), T);
        assertThat(attempts.size()).isZero();
        attempts.recordVisit(visit(CLIENT, T - 4_500, VisitResult.DEFERRED), T);
        assertThat(attempts.size()).isEqualTo(1);
    }

    @Test
    void catchesOfADay_areFoundByALateReport() {
        attempts.recordCatch(address(CLIENT), address(CLIENT), caught(T, RECIPIENT, 1));
        attempts.recordCatch(address("203.0.113.9"), address("203.0.113.9"), caught(T + 86_400, 1, 1));
        List<PrimaryAttempt> late = List.of(visit(CLIENT, T, VisitResult.DEFERRED));
        assertThat(attempts.findExcused(late)).hasSize(1);
        attempts.recordCatch(address("203.0.113.9"), address("203.0.113.9"), caught(T + 86_401, 1, 1));
        assertThat(attempts.findExcused(late)).isEmpty();
    }

    @Test
    void catches_useAQuarterOfTheMemory() {
        for (int i = 0; i < 1_000; i++) {
            IpPrefix sender = IpPrefix.ofBits(false, (long) i << 16);
            attempts.recordCatch(sender, sender, caught(T, i, i));
        }
        assertThat(attempts.findExcused(List.of(PrimaryAttempt.ofClient(IpPrefix.ofBits(false, 487L << 16), T))))
                .isEmpty();
        assertThat(attempts.findExcused(List.of(PrimaryAttempt.ofClient(IpPrefix.ofBits(false, 488L << 16), T))))
                .hasSize(1);
    }

    @Test
    void memory_reachesBackToTheStart_orToWhatWasDropped() {
        Duration abandonedAfter = Duration.ofHours(12);
        assertThat(attempts.reachesBack(START + 3_599, abandonedAfter)).isFalse();
        assertThat(attempts.reachesBack(START + 3_600, abandonedAfter)).isTrue();
        assertThat(attempts.reachesBack(START + 4, Duration.ofSeconds(4))).isTrue();
        for (int i = 0; i < 4_097; i++) {
            record(visit(CLIENT, T + i / 2, VisitResult.ASKED));
        }
        assertThat(attempts.size()).isEqualTo(4_096);
        assertThat(attempts.reachesBack(T + 3_599, abandonedAfter)).isFalse();
        assertThat(attempts.reachesBack(T + 3_600, abandonedAfter)).isTrue();
    }

    @Test
    void visitsOfAClockThatWasAhead_leaveTheMemory() {
        Duration abandonedAfter = Duration.ofHours(12);
        for (int i = 0; i < 4_100; i++) {
            record(visit(CLIENT, T + 1_000_000 + i, VisitResult.ASKED));
        }
        assertThat(attempts.size()).isEqualTo(4_096);
        record(visit(CLIENT, T, VisitResult.DEFERRED));
        assertThat(attempts.size()).isEqualTo(1);
        assertThat(isExcused(CLIENT, T + 60)).isTrue();
        assertThat(attempts.reachesBack(T + 3_599, abandonedAfter)).isFalse();
        assertThat(attempts.reachesBack(T + 3_600, abandonedAfter)).isTrue();
    }

    @Test
    void memory_reachesBackToWhenTheClockWasSet() {
        attempts.restartAt(T);
        assertThat(attempts.reachesBack(T + 3_599, Duration.ofHours(12))).isFalse();
        assertThat(attempts.reachesBack(T + 3_600, Duration.ofHours(12))).isTrue();
    }

    @Test
    void visitOfAPrimaryWhoseClockIsAnHourAhead_isKept() {
        attempts.recordVisit(visit(CLIENT, T + 3_600, VisitResult.DEFERRED), T);
        attempts.recordVisit(visit("192.0.3.1", T, VisitResult.DEFERRED), T);
        assertThat(attempts.size()).isEqualTo(2);
        attempts.recordVisit(visit("192.0.3.2", T - 1, VisitResult.DEFERRED), T - 1);
        assertThat(attempts.size()).as("more than an hour").isEqualTo(2);
        assertThat(isExcused(CLIENT, T + 3_600, RECIPIENT, 0)).isFalse();
    }

    @Test
    void oldVisits_leaveTheMemory() {
        for (int i = 0; i < 100_000; i++) {
            record(visit(CLIENT, T + i * 100L, VisitResult.ASKED));
        }
        assertThat(attempts.size()).isLessThan(50);
        assertThat(attempts.reachesBack(T + 10_000_000, Duration.ofHours(12))).isTrue();
    }
}
