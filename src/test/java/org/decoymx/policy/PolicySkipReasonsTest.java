package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import it.unimi.dsi.fastutil.longs.LongList;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.Sighting;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sessions that are not scored, and their skip reasons. */
class PolicySkipReasonsTest {
    private static final Instant T = Instant.parse("2026-01-10T00:00:00Z");
    private static final IpPrefix ORIGIN =
            IpText.parseHostNetwork("198.51.100.7").orElseThrow();
    private static final long RECIPIENT = 7;
    private static final long ENVELOPE = 77;

    private final ExemptNetworks exempt = new ExemptNetworks();
    private final PrimaryVisits visits = new PrimaryVisits();
    private final DeliveryAttempts attempts = new DeliveryAttempts(0, 1_024);
    private final OutageWindows outages = PolicyFixtures.outages(Duration.ZERO);
    private final Policy policy = PolicyFixtures.of(
            PolicyFixtures.settings(PolicyMode.ENFORCE, Duration.ofDays(1)),
            exempt,
            visits,
            outages,
            attempts,
            PolicyFixtures.trustIndex());

    private @Nullable SkipReason skipReason(String address) {
        return SessionFixtures.score(policy, SessionFixtures.complete(address, T))
                .skipReason();
    }

    private void recordDeferral() {
        attempts.recordVisit(
                new PrimaryAttempt(ORIGIN, T.getEpochSecond() - 60, RECIPIENT, ENVELOPE, VisitResult.DEFERRED),
                T.getEpochSecond());
    }

    private static CaughtEnvelopes caught(long recipient, long envelope) {
        return new CaughtEnvelopes(
                T.getEpochSecond(), LongList.of(envelope), LongList.of(recipient), List.of("example.org"), false);
    }

    private static Sighting session(CaughtEnvelopes... caught) {
        Sighting session = SessionFixtures.complete("198.51.100.7", T);
        return new Sighting(1, session.address(), T, session.facts(), session.outcome(), List.of(caught));
    }

    private SightingScore score(Sighting session, double scoredPoints) {
        Sender unknown = new Sender(ORIGIN, T, T, 0, 0, Set.of(), Set.of(), List.of(SenderScore.NONE));
        return policy.score(session, scoredPoints, unknown, SenderScore.NONE);
    }

    @Test
    void session_ofWhichAllTransactionsWerePutOffAtThePrimary_isWitnessed() {
        recordDeferral();
        SightingScore score = score(session(caught(RECIPIENT, 1), caught(1, ENVELOPE)), 0);
        assertThat(score.skipReason()).isEqualTo(SkipReason.WITNESSED);
        assertThat(score.counted()).isEmpty();
        assertThat(score.score()).isEqualTo(SenderScore.NONE);
    }

    @Test
    void session_withAnotherTransaction_countsWithIt() {
        recordDeferral();
        CaughtEnvelopes other = caught(1, 1);
        SightingScore score = score(session(caught(RECIPIENT, ENVELOPE), other), 0);
        assertThat(score.skipReason()).isNull();
        assertThat(score.counted()).containsExactly(other);
        assertThat(score.sessionPoints()).isEqualTo(10);
    }

    @Test
    void witnessedSession_laterTransaction_counts_andLaterTraitsDoNot() {
        recordDeferral();
        double witnessed = score(session(caught(RECIPIENT, 1)), 0).sessionPoints();
        SightingScore end = score(session(), witnessed);
        assertThat(end.sessionPoints()).isEqualTo(witnessed);
        assertThat(end.skipReason()).isNull();
        SightingScore again = score(session(caught(RECIPIENT, 2)), witnessed);
        assertThat(again.sessionPoints()).isEqualTo(witnessed);
        assertThat(again.skipReason()).isNull();
        SightingScore later = score(session(caught(1, 1)), witnessed);
        assertThat(later.sessionPoints()).isEqualTo(10);
        assertThat(later.score().isListed(T)).isTrue();
    }

    @Test
    void scoredSession_laterTransactionThatIsExcused_isDropped() {
        recordDeferral();
        SightingScore score = score(session(caught(RECIPIENT, 1)), 10);
        assertThat(score.counted()).isEmpty();
        assertThat(score.sessionPoints()).isEqualTo(10);
        assertThat(score.skipReason()).isNull();
        SightingScore later = score(session(caught(1, 1)), 10);
        assertThat(later.counted()).hasSize(1);
        assertThat(later.score()).as("the same points as before").isEqualTo(SenderScore.NONE);
    }

    @Test
    void sessionDuringAnOutage_isNotScored() {
        outages.addOutage("mx1.example.org", T.minusSeconds(60));
        assertThat(skipReason("198.51.100.7")).isEqualTo(SkipReason.OUTAGE);
        outages.endOutage(T);
        assertThat(skipReason("198.51.100.7")).isNull();
    }

    @Test
    void excusedTransaction_isHeld_untilItsMessageIsAccepted() {
        recordDeferral();
        score(session(caught(RECIPIENT, ENVELOPE)), 0);
        PrimaryAttempt accepted =
                new PrimaryAttempt(ORIGIN, T.getEpochSecond() - 30, RECIPIENT, ENVELOPE, VisitResult.ACCEPTED);
        attempts.recordVisit(accepted, T.getEpochSecond());
        assertThat(attempts.releaseDecided(List.of(accepted))).containsExactly(session(caught(RECIPIENT, ENVELOPE)));
    }

    @Test
    void recordedAttempt_isExcusedByALateReport() {
        policy.attempts().recordCatch(ORIGIN, ORIGIN, caught(RECIPIENT, ENVELOPE));
        assertThat(attempts.findExcused(List.of(PrimaryAttempt.ofClient(ORIGIN, T.getEpochSecond() - 60))))
                .containsExactly(new DeliveryAttempts.ExcusedCatch(ORIGIN, T.getEpochSecond()));
    }

    @Test
    void sender_seenAtThePrimary_isToldWhen() {
        visits.recordVisit(ORIGIN, T, false);
        visits.recordVisit(ORIGIN, T.plusSeconds(3_600), false);
        assertThat(policy.evaluate(Sender.unseen(ORIGIN), T).reasons())
                .contains("It was seen at our real server, from 2026-01-10 00:00 UTC to 2026-01-10 01:00 UTC.");
    }

    @Test
    void visitWithoutADeferral_excusesNobody() {
        visits.recordVisit(ORIGIN, T, false);
        attempts.recordVisit(
                new PrimaryAttempt(ORIGIN, T.getEpochSecond() - 60, RECIPIENT, ENVELOPE, VisitResult.ACCEPTED),
                T.getEpochSecond());
        assertThat(score(session(caught(RECIPIENT, ENVELOPE)), 0).skipReason()).isNull();
    }

    @ParameterizedTest(name = "{0} days: {1}")
    @CsvSource({"4, false", "5, true"})
    void sender_whoseMailWasAcceptedOnFiveDays_isKnown(int days, boolean known) {
        for (int day = 1; day <= days; day++) {
            visits.recordAccepted(ORIGIN, T.minus(Duration.ofDays(day)));
        }
        assertThat(skipReason("198.51.100.7")).isEqualTo(known ? SkipReason.KNOWN : null);
        assertThat(skipReason("198.51.100.8")).isNull();
    }

    @ParameterizedTest(name = "{0} within {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            198.51.100.7       | 198.51.100.0/24                    | true
            198.51.100.7       | 198.51.100.7                       | true
            198.51.100.7       | 198.51.100.8/31                    | false
            198.51.100.7       | 0.0.0.0/0                          | true
            198.51.100.7       | ::/0                               | false
            198.51.100.7       | 198.51.100.0/24 !198.51.100.7      | false
            198.51.100.8       | 198.51.100.0/24 !198.51.100.7      | true
            198.51.100.7       | 198.51.100.0/24 !198.51.100.0/28 198.51.100.7 | true
            198.51.100.7       | 198.51.100.7 !198.51.100.7         | false
            198.51.100.7       | 198.51.100.7 !198.51.100.0/24      | true
            2001:db8:1:2::9    | 2001:db8::/32                      | true
            2001:db8:1:2::9    | 2001:db8:1:2::9/128                | true
            2001:db8:1:2::9    | 2001:db8:1:2::1/128                | false
            2001:db8:1:2::9    | 2001:db8:1:2::/64                  | true
            2001:db8:1:2::9    | 2001:db8:1:3::/64                  | false
            2001:db8:1:2::9    | 2001:db8::/32 !2001:db8:1::/48     | false
            """)
    void sender_inNetwork_isExemptByLongestMatch(String address, String networks, boolean isExempt) {
        List<Exemption> named = List.of(networks.split(" ", -1)).stream()
                .map(name -> name.startsWith("!")
                        ? new Exemption(IpText.parseNetwork(name.substring(1)), false, "a test")
                        : Exemption.of(IpText.parseNetwork(name), "a test"))
                .toList();
        exempt.replaceSource("test", named);
        assertThat(skipReason(address)).isEqualTo(isExempt ? SkipReason.EXEMPT : null);
        IpPrefix origin = IpText.parseHostNetwork(address).orElseThrow();
        assertThat(policy.evaluate(Sender.unseen(origin), T))
                .isInstanceOfSatisfying(Verdict.NotListed.class, verdict -> assertThat(verdict.exempt())
                        .isEqualTo(isExempt));
    }

    @Test
    void sender_onAnAllowlist_isExempt() {
        IpPrefix known = IpText.parseHostNetwork("198.51.100.7").orElseThrow();
        exempt.setAllowlist(origin -> origin.equals(known) ? "listed by dnswl.example" : null);
        assertThat(skipReason("198.51.100.7")).isEqualTo(SkipReason.EXEMPT);
        assertThat(skipReason("198.51.100.8")).isNull();
    }

    @Test
    void sender_inNegatedNetwork_isNotLookedUpInAllowlist() {
        exempt.replaceSource("test", List.of(new Exemption(IpText.parseNetwork("198.51.100.7"), false, "a test")));
        exempt.setAllowlist(origin -> "listed by dnswl.example");
        assertThat(skipReason("198.51.100.7")).isNull();
        assertThat(skipReason("198.51.100.8")).isEqualTo(SkipReason.EXEMPT);
    }

    @Test
    void sender_allowlistUnanswered_isNotScored_andIsNotExempt() {
        exempt.setAllowlist(new Exemption.Allowlist() {
            @Override
            public @Nullable String findReason(IpPrefix origin) {
                return null;
            }

            @Override
            public boolean isUnanswered(IpPrefix origin) {
                return true;
            }
        });
        assertThat(skipReason("198.51.100.7")).isEqualTo(SkipReason.UNANSWERED);
        assertThat(policy.isExempt(IpText.parseHostNetwork("198.51.100.7").orElseThrow()))
                .isFalse();
    }

    @Test
    void sender_exemptAndPutOffAtPrimary_isExempt() {
        exempt.replaceSource("test", List.of(Exemption.of(IpText.parseNetwork("198.51.100.7"), "a test")));
        recordDeferral();
        assertThat(score(session(caught(RECIPIENT, ENVELOPE)), 0).skipReason()).isEqualTo(SkipReason.EXEMPT);
    }

    @Test
    void session_withoutPoints_hasNoSkipReason() {
        recordDeferral();
        assertThat(SessionFixtures.score(
                                policy, SessionFixtures.of("198.51.100.7", T, Verb.MAIL, 0, Set.of(Trait.RELAY_PROBE)))
                        .skipReason())
                .isNull();
    }

    @Test
    void report_withoutRecipientOfWhichTheDecoyIsTheWorstMx_doesNotMakeTheSessionCount() {
        Sighting first = SessionFixtures.complete("198.51.100.7", T).retainDomains(Set.of());
        SightingScore notCounted = SessionFixtures.score(policy, first);
        assertThat(notCounted.skipReason()).isEqualTo(SkipReason.NOT_WORST_MX);
        assertThat(notCounted.score()).isEqualTo(SenderScore.NONE);
        assertThat(notCounted.sessionPoints())
                .as("another recipient may follow")
                .isEqualTo(SightingScore.WITNESSED);
    }

    @Test
    void laterReport_withoutNewRecipients_addsToASessionThatCounts() {
        Sighting end = SessionFixtures.of("198.51.100.7", T, Verb.DATA, 1, Set.of(Trait.NO_QUIT))
                .retainDomains(Set.of());
        IpPrefix origin = IpPrefix.hostNetworkOf(end.address());
        Sender sender = new Sender(origin, T, T, 1, 1, Set.of(), Set.of(), List.of(SenderScore.NONE));
        SightingScore more = policy.score(end, 10, sender, SenderScore.NONE);
        assertThat(more.skipReason()).isNull();
        assertThat(more.sessionPoints()).isEqualTo(11);
        assertThat(more.score().points()).as("only the difference").isEqualTo(1);
    }

    @Test
    void sender_beforeAllExemptNetworksAreKnown_isNotScored() {
        exempt.setCompleteness(() -> false);
        assertThat(skipReason("198.51.100.7")).isEqualTo(SkipReason.SPF_UNKNOWN);
        exempt.setCompleteness(() -> true);
        assertThat(skipReason("198.51.100.7")).isNull();
    }
}
