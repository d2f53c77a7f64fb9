package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.ledger.LedgerFixtures.HERE;
import static org.decoymx.ledger.LedgerFixtures.T;
import static org.decoymx.ledger.LedgerFixtures.THERE;
import static org.decoymx.ledger.LedgerFixtures.origin;
import static org.decoymx.ledger.LedgerFixtures.settings;
import static org.decoymx.ledger.LedgerFixtures.sighting;

import it.unimi.dsi.fastutil.longs.LongList;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.decoymx.policy.DeliveryAttempts;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.OutageWindows;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.PrimaryAttempt;
import org.decoymx.policy.PrimaryVisits;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.SkipReason;
import org.decoymx.policy.Tier;
import org.decoymx.policy.TrustCause;
import org.decoymx.policy.TrustIndex;
import org.decoymx.policy.TrustState;
import org.decoymx.policy.VisitResult;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.junit.jupiter.api.Test;

/** Points of one or several sessions. In this test a trait has 1 point, and DATA has 10. */
class SightingAggregatorTest {
    private static final Map<Trait, Double> TRAIT_POINTS =
            Stream.of(Trait.values()).collect(Collectors.toMap(trait -> trait, trait -> 1.0));

    private final SenderIndex index = new SenderIndex();
    private final PendingWrites pendingWrites = new PendingWrites();
    private final ExemptNetworks exempt = new ExemptNetworks();
    private final OutageWindows outages = PolicyFixtures.outages(Duration.ZERO);
    private final DeliveryAttempts attempts = new DeliveryAttempts(0);
    private final TrustIndex trust = PolicyFixtures.trustIndex();
    private final Policy policy =
            PolicyFixtures.of(settings(25, TRAIT_POINTS), exempt, new PrimaryVisits(), outages, attempts, trust);
    private final SightingAggregator aggregator = new SightingAggregator(index, pendingWrites, policy, () -> HERE);

    private SenderCounts after(Sighting... sightings) {
        List.of(sightings).forEach(aggregator::aggregate);
        return Objects.requireNonNull(pendingWrites.find(origin("192.0.2.1")));
    }

    private static Sighting open(long session, Trait... traits) {
        return sighting(session, "192.0.2.1", 0, Verb.DATA, Outcome.OPEN, traits);
    }

    private static Sighting end(long session, Verb deepest, Trait... traits) {
        return sighting(session, "192.0.2.1", 5, deepest, Outcome.LEFT, traits);
    }

    @Test
    void traits_afterDeferral_addTheirPoints() {
        SenderCounts counts = after(open(1, Trait.EARLY_TALKER), end(1, Verb.DATA, Trait.EARLY_TALKER, Trait.NO_QUIT));
        assertThat(counts.score().points()).isEqualTo(12);
        assertThat(counts.sessions()).isEqualTo(1);
        assertThat(counts.conversations()).isEqualTo(1);
    }

    @Test
    void session_withoutNewTraits_addsNoPoints() {
        assertThat(after(open(1), end(1, Verb.DATA)).score().points()).isEqualTo(10);
    }

    @Test
    void sessions_ofOneSender_addUp() {
        SenderCounts counts =
                after(open(1), open(2), end(1, Verb.DATA), end(2, Verb.DATA, Trait.NO_QUIT), end(3, Verb.EHLO));
        assertThat(counts.score().points()).isEqualTo(21);
        assertThat(counts.sessions()).isEqualTo(3);
    }

    @Test
    void session_sameNumberAfterEnd_isNewSession() {
        assertThat(after(end(1, Verb.DATA), end(1, Verb.DATA)).score().points()).isEqualTo(20);
    }

    @Test
    void session_skippedOnce_isNeverScored() {
        outages.addOutage("mx1.example.org", T.minusSeconds(1));
        after(open(1));
        outages.endOutage(T.plusSeconds(1));
        SenderCounts counts = after(end(1, Verb.DATA, Trait.NO_QUIT));
        assertThat(counts.score()).isEqualTo(SenderScore.NONE);
        assertThat(counts.skipReasons()).isEqualTo(EnumBitSet.SKIP_REASONS.toBits(Set.of(SkipReason.OUTAGE)));
        assertThat(counts.sessions()).isEqualTo(1);
    }

    @Test
    void session_skippedAfterScoring_keepsItsPoints() {
        after(open(1));
        outages.addOutage("mx1.example.org", T.minusSeconds(1));
        SenderCounts counts = after(end(1, Verb.DATA, Trait.NO_QUIT));
        assertThat(counts.score().points()).isEqualTo(10);
        assertThat(counts.skipReasons()).isZero();
    }

    private static Sighting withCaught(Sighting sighting) {
        return sighting.withCaught(new CaughtEnvelopes(
                T.getEpochSecond(), LongList.of(77), LongList.of(7), List.of("example.org"), false));
    }

    private PrimaryAttempt recordVisit(long second, VisitResult result) {
        PrimaryAttempt visit = new PrimaryAttempt(origin("192.0.2.1"), T.getEpochSecond() + second, 7, 77, result);
        attempts.recordVisit(visit, T.getEpochSecond());
        return visit;
    }

    @Test
    void excusedSession_isScoredAfterAll_whenItsMessageWasAccepted() {
        recordVisit(-60, VisitResult.ASKED);
        SenderCounts excused = after(withCaught(open(1)), end(1, Verb.DATA, Trait.NO_QUIT));
        assertThat(excused.score()).isEqualTo(SenderScore.NONE);
        assertThat(excused.skipReasons()).isEqualTo(EnumBitSet.SKIP_REASONS.toBits(Set.of(SkipReason.WITNESSED)));
        scoreAfterAll(recordVisit(-60, VisitResult.ACCEPTED));
        SenderCounts counts = after();
        assertThat(counts.score().points()).isEqualTo(10);
        assertThat(counts.sessions()).isEqualTo(1);
        assertThat(counts.conversations()).isEqualTo(1);
    }

    @Test
    void lateReport_takesTheCatchBack_withItsListingAndPoints() {
        after(withCaught(open(1)), withCaught(open(2)), withCaught(open(3)));
        assertThat(after().score().isListed(T)).isTrue();
        assertThat(trust.find(origin("192.0.2.1")).tierAt(T.getEpochSecond())).isEqualTo(Tier.SUSPECT);
        attempts.findExcused(List.of(recordVisit(-60, VisitResult.DEFERRED))).forEach(aggregator::excuse);
        assertThat(after().score()).isEqualTo(SenderScore.NONE);
        assertThat(after().sessions()).isEqualTo(3);
        assertThat(trust.find(origin("192.0.2.1")).isUncaught()).isTrue();
    }

    private static Sighting withCaught(Sighting sighting, long second, long recipient, long envelope) {
        return withCaught(
                sighting,
                new CaughtEnvelopes(
                        T.getEpochSecond() + second,
                        LongList.of(envelope),
                        LongList.of(recipient),
                        List.of("example.org"),
                        false));
    }

    /** The session lists nobody before its end, and by then a report has excused its only message. */
    @Test
    void lateReport_takesBack_whatWaitsForTheEndOfItsSession() {
        SightingAggregator strict = new SightingAggregator(
                index,
                pendingWrites,
                PolicyFixtures.of(settings(12, TRAIT_POINTS), exempt, new PrimaryVisits(), outages, attempts, trust),
                () -> HERE);
        strict.aggregate(withCaught(open(1)));
        attempts.findExcused(List.of(recordVisit(-60, VisitResult.DEFERRED))).forEach(strict::excuse);
        strict.aggregate(end(1, Verb.DATA, Trait.NO_QUIT, Trait.TALKS_ON));
        assertThat(after().score()).isEqualTo(SenderScore.NONE);
        assertThat(trust.find(origin("192.0.2.1")).isUncaught()).isTrue();

        strict.aggregate(withCaught(open(2, Trait.TALKS_ON), 3, 8, 88));
        attempts.findExcused(List.of(recordVisit(-60, VisitResult.DEFERRED))).forEach(strict::excuse);
        strict.aggregate(end(2, Verb.DATA, Trait.TALKS_ON, Trait.NO_QUIT));
        assertThat(trust.find(origin("192.0.2.1")).tierAt(T.getEpochSecond() + 5))
                .as("another message of another session counts")
                .isEqualTo(Tier.SUSPECT);
    }

    @Test
    void excusedSession_whoseMessagesWereAllAccepted_getsItsPointsOnce() {
        recordVisit(-60, VisitResult.ASKED);
        attempts.recordVisit(
                new PrimaryAttempt(origin("192.0.2.1"), T.getEpochSecond() - 60, 8, 88, VisitResult.ASKED),
                T.getEpochSecond());
        after(withCaught(open(1)), withCaught(end(1, Verb.DATA), 3, 8, 88));
        assertThat(after().score().points()).isZero();
        scoreAfterAll(recordVisit(-60, VisitResult.ACCEPTED));
        assertThat(after().score().points()).isEqualTo(10);
        PrimaryAttempt other =
                new PrimaryAttempt(origin("192.0.2.1"), T.getEpochSecond() - 60, 8, 88, VisitResult.ACCEPTED);
        attempts.recordVisit(other, T.getEpochSecond());
        scoreAfterAll(other);
        assertThat(after().score().points()).isEqualTo(10);
    }

    @Test
    void sessionThatCounts_getsNoMorePoints_forAnotherMessageThatWasAccepted() {
        recordVisit(-60, VisitResult.ASKED);
        after(withCaught(open(1), 3, 8, 88), withCaught(end(1, Verb.DATA)));
        assertThat(after().score().points()).isEqualTo(10);
        scoreAfterAll(recordVisit(-60, VisitResult.ACCEPTED));
        assertThat(after().score().points()).isEqualTo(10);
    }

    @Test
    void sessionThatWasForgottenByHand_doesNotCountAfterAll() {
        recordVisit(-60, VisitResult.ASKED);
        after(withCaught(open(1)), end(1, Verb.DATA));
        aggregator.skipSessions(origin("192.0.2.1"));
        scoreAfterAll(recordVisit(-60, VisitResult.ACCEPTED));
        assertThat(after().score()).isEqualTo(SenderScore.NONE);
    }

    @Test
    void excusedSessions_ofOneNetwork_pushOutNoOthers() {
        recordVisit(-60, VisitResult.ASKED);
        after(withCaught(open(1)), end(1, Verb.DATA));
        attempts.recordVisit(
                new PrimaryAttempt(origin("198.51.100.1"), T.getEpochSecond() - 60, 9, 99, VisitResult.ASKED),
                T.getEpochSecond());
        for (long session = 2; session < 5_003; session++) {
            after(withCaught(sighting(session, "198.51.100.1", 0, Verb.DATA, Outcome.LEFT), 3, 9, 99));
        }
        scoreAfterAll(recordVisit(-60, VisitResult.ACCEPTED));
        assertThat(after().score().points()).isEqualTo(10);
    }

    private void scoreAfterAll(PrimaryAttempt visit) {
        attempts.releaseDecided(List.of(visit)).forEach(aggregator::scoreAfterAll);
    }

    @Test
    void session_withoutPoints_getsNoSkipReason() {
        exempt.replaceSource("test", List.of(Exemption.of(origin("192.0.2.1"), "a test")));
        assertThat(after(end(1, Verb.EHLO)).skipReasons()).isZero();
    }

    @Test
    void session_withoutRecipientOfWhichTheDecoyIsTheWorstMx_doesNotBeginToCountAtItsEnd() {
        Sighting first = open(1).retainDomains(Set.of());
        Sighting end = end(1, Verb.DATA, Trait.NO_QUIT).retainDomains(Set.of());
        SenderCounts counts = after(first, end);
        assertThat(counts.score().points()).isZero();
        assertThat(counts.skipReasons()).isEqualTo(EnumBitSet.SKIP_REASONS.toBits(Set.of(SkipReason.NOT_WORST_MX)));
        assertThat(after(end).score().points())
                .as("its first report is forgotten")
                .isZero();
    }

    @Test
    void session_countsFromItsFirstSuchRecipientOn() {
        Sighting end = end(1, Verb.DATA, Trait.NO_QUIT);
        CaughtEnvelopes caught =
                new CaughtEnvelopes(T.getEpochSecond(), LongList.of(1), LongList.of(2), List.of("example.org"), false);
        Sighting endWithRecipient = new Sighting(
                        1, end.address(), end.seenAt(), end.facts(), end.outcome(), List.of(caught))
                .retainDomains(Set.of("example.org"));
        assertThat(after(open(1).retainDomains(Set.of()), endWithRecipient)
                        .score()
                        .points())
                .isEqualTo(11);
    }

    @Test
    void sessionThatCounts_getsThePointsOfItsEnd_withoutNewRecipients() {
        Sighting end = end(1, Verb.DATA, Trait.NO_QUIT).retainDomains(Set.of());
        assertThat(after(open(1), end).score().points()).isEqualTo(11);
    }

    @Test
    void threshold_isReached_byThePointsOfAllNodes() {
        index.update(List.of(new LedgerRecord(LedgerFixtures.counts(THERE, "192.0.2.1", 0, 1, 9), null)), List.of());
        assertThat(after(open(1)).score().isListed(T)).isFalse();
        assertThat(after(open(2)).score().isListed(T)).isTrue();
    }

    /** The transaction is refused before the session has enough points, so its envelope is kept until then. */
    @Test
    void session_thatReachesTheThresholdAtItsEnd_hasATrustState() {
        LongList hashes = LongList.of(7);
        CaughtEnvelopes refused =
                new CaughtEnvelopes(T.getEpochSecond(), hashes, hashes, List.of("example.org"), false);
        Sighting first = open(2, Trait.EARLY_TALKER, Trait.HELO_OURS, Trait.TALKS_ON);
        after(open(1), withCaught(first, refused));
        assertThat(policy.trust().size()).isZero();

        Sighting end =
                end(2, Verb.DATA, Trait.EARLY_TALKER, Trait.HELO_OURS, Trait.TALKS_ON, Trait.NO_QUIT, Trait.FLOOD);
        SenderCounts counts = after(end);
        TrustState state = policy.trust().find(origin("192.0.2.1"));
        assertThat(counts.score().isListed(T)).isTrue();
        assertThat(state.tierAt(T.getEpochSecond())).isEqualTo(Tier.SUSPECT);
        assertThat(counts.score().listedUntil()).isEqualTo(state.listing().until());
        assertThat(policy.trust()
                        .recordCatch(origin("192.0.2.1"), refused, false, false)
                        .cause())
                .as("the envelope is remembered")
                .isEqualTo(TrustCause.REPEATED);
    }

    private static Sighting withCaught(Sighting sighting, CaughtEnvelopes caught) {
        return new Sighting(
                sighting.sessionNumber(),
                sighting.address(),
                sighting.seenAt(),
                sighting.facts(),
                sighting.outcome(),
                List.of(caught));
    }

    @Test
    void delist_removesScore_keepsCounts() {
        after(open(1, Trait.EARLY_TALKER));
        aggregator.delist(origin("192.0.2.1"), SkipReason.OUTAGE);
        SenderCounts counts = Objects.requireNonNull(pendingWrites.find(origin("192.0.2.1")));
        assertThat(counts.score()).isEqualTo(SenderScore.NONE);
        assertThat(counts.sessions()).isEqualTo(1);
        assertThat(EnumBitSet.SKIP_REASONS.toSet(counts.skipReasons())).containsExactly(SkipReason.OUTAGE);
        aggregator.delist(origin("192.0.2.2"), SkipReason.OUTAGE);
        assertThat(pendingWrites.find(origin("192.0.2.2"))).isNull();
    }
}
