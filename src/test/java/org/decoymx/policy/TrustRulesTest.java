package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongList;
import org.junit.jupiter.api.Test;

/** What each rule of trust says, in its plainest case. */
class TrustRulesTest {
    private static final long T = 1_767_225_600L;
    private static final long MINUTE = 60;
    private static final long HOUR = 3_600;
    private static final long DAY = 86_400;

    private final TrustRules rules = new TrustRules(TrustSettings.DEFAULTS);
    private TrustState state = TrustState.UNKNOWN;
    private ReportCoverage coverage = ReportCoverage.COMPLETE;

    private TrustChange caught(long at, long... envelopes) {
        TrustOutcome outcome = rules.recordCatch(
                state, new CaughtTransaction(at, LongList.of(envelopes), false, true, false, coverage));
        state = outcome.state();
        return outcome.change();
    }

    private VisitOutcome visited(long at, long envelope, VisitResult result) {
        VisitOutcome outcome =
                rules.recordVisit(state, new EnvelopeVisit(at, envelope, false, result, false, coverage, false, false));
        state = outcome.state();
        return outcome;
    }

    private void confirm() {
        caught(T, 1);
        assertThat(caught(T + 13 * HOUR, 2).after()).isEqualTo(Tier.CONFIRMED);
    }

    @Test
    void firstCatch_makesASuspectForTheTtl() {
        assertThat(caught(T, 1))
                .isEqualTo(new TrustChange(Tier.NONE, Tier.SUSPECT, TrustCause.FIRST_CATCH, T, T + DAY));
        assertThat(state.tierAt(T + DAY - 1)).isEqualTo(Tier.SUSPECT);
        assertThat(state.tierAt(T + DAY)).isEqualTo(Tier.NONE);
    }

    @Test
    void catch_moreThan30DaysAfterTheEnd_isAFirstOne() {
        caught(T, 1);
        TrustState before = state;
        assertThat(caught(T + 31 * DAY, 2).cause()).isEqualTo(TrustCause.CAUGHT_AGAIN);
        state = before;
        assertThat(caught(T + 31 * DAY + 1, 2).cause()).isEqualTo(TrustCause.FIRST_CATCH);
    }

    @Test
    void severalEnvelopesThatReturn_areReportedByTheFirst() {
        caught(T, 1);
        caught(T + 10, 2);
        assertThat(caught(T + HOUR, 1, 2))
                .isEqualTo(
                        new TrustChange(Tier.SUSPECT, Tier.SUSPECT, TrustCause.RETURNED_TO_DECOY, T + HOUR, T + DAY));
    }

    @Test
    void return_toTheDecoy_showsAQueueFor36Days() {
        caught(T, 1);
        caught(T + HOUR, 1);
        long end = T + HOUR + 36 * DAY;
        caught(end - 13 * HOUR, 2);
        TrustState before = state;
        assertThat(caught(end - 1, 3).cause()).isEqualTo(TrustCause.CAUGHT_WITH_QUEUE);
        state = before;
        assertThat(caught(end, 3).cause()).isEqualTo(TrustCause.CAUGHT_AFTER_ABANDONING);
    }

    @Test
    void threeEnvelopesAbandonedSinceTheReturn_showNoQueue_afterADay() {
        caught(T, 1);
        caught(T + HOUR, 1);
        caught(T + HOUR + 1, 2);
        caught(T + HOUR + 2, 3);
        TrustState ofTwo = state;
        caught(T + HOUR + 3, 4);
        TrustState ofThree = state;
        assertThat(caught(T + HOUR + DAY - 1, 5).cause()).isEqualTo(TrustCause.CAUGHT_WITH_QUEUE);
        state = ofThree;
        assertThat(caught(T + HOUR + DAY, 5).cause()).isEqualTo(TrustCause.CAUGHT_AFTER_ABANDONING);
        state = ofTwo;
        assertThat(caught(T + HOUR + DAY, 5).cause()).isEqualTo(TrustCause.CAUGHT_WITH_QUEUE);
    }

    @Test
    void messageThatEndedAtThePrimary_makesTheDeferralsOfItsHourDoubtful() {
        confirm();
        long at = T + 14 * HOUR;
        visited(at, 5, VisitResult.ASKED);
        assertThat(state.deferred().find(5)).matches(e -> !e.has(RememberedEnvelope.PERHAPS_REFUSED));
        assertThat(rules.recordEndOfMessage(state, at + HOUR).deferred().find(5))
                .matches(envelope -> envelope.has(RememberedEnvelope.PERHAPS_REFUSED));
        assertThat(rules.recordEndOfMessage(state, at + HOUR + 1)).isEqualTo(state);
    }

    @Test
    void excusedCatch_afterARelease_leavesNothing() {
        state = TrustState.releasedAt(T);
        caught(T + HOUR, 1);
        assertThat(rules.excuse(state, T + HOUR)).isEqualTo(TrustState.UNKNOWN);
    }

    @Test
    void tierSetByHand_endsAfterItBegins() {
        assertThatThrownBy(() -> rules.setByHand(TrustState.UNKNOWN, Tier.SUSPECT, T, T))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> rules.setByHand(TrustState.UNKNOWN, Tier.NONE, T, T + 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(rules.setByHand(TrustState.UNKNOWN, Tier.SUSPECT, T, T + 1).tierAt(T))
                .isEqualTo(Tier.SUSPECT);
    }

    @Test
    void newEnvelope_whileAnEarlierIsAbandoned_confirms() {
        caught(T, 1);
        long at = T + 12 * HOUR + 1;
        assertThat(caught(at, 2))
                .isEqualTo(new TrustChange(
                        Tier.SUSPECT, Tier.CONFIRMED, TrustCause.CAUGHT_AFTER_ABANDONING, at, at + 2 * DAY));
    }

    @Test
    void newEnvelope_beforeTheEarlierIsAbandoned_doesNotConfirm() {
        caught(T, 1);
        assertThat(caught(T + 12 * HOUR, 2).cause()).isEqualTo(TrustCause.CAUGHT_AGAIN);
        assertThat(state.tierEndsAt(T + 12 * HOUR)).isEqualTo(T + DAY);
    }

    @Test
    void return_toThePrimary_clearsForADay_beforeTheAnswer() {
        caught(T, 1);
        VisitOutcome outcome = visited(T + 5 * MINUTE, 1, VisitResult.ASKED);
        assertThat(outcome.verdict()).isEqualTo(VisitVerdict.DUNNO);
        assertThat(outcome.change().cause()).isEqualTo(TrustCause.RETURNED_TO_PRIMARY);
        assertThat(state.tierAt(T + DAY)).isEqualTo(Tier.CLEARED);
        assertThat(state.tierAt(T + DAY + 5 * MINUTE)).isEqualTo(Tier.NONE);
    }

    @Test
    void return_ofTheThirdDifferentEnvelope_clearsForLong() {
        caught(T, 1);
        caught(T, 2);
        caught(T, 3);
        visited(T + HOUR, 1, VisitResult.ASKED);
        visited(T + HOUR, 1, VisitResult.DEFERRED);
        visited(T + HOUR, 2, VisitResult.ASKED);
        assertThat(state.tierEndsAt(T + HOUR)).isEqualTo(T + HOUR + DAY);
        visited(T + HOUR, 3, VisitResult.ASKED);
        assertThat(state.tierEndsAt(T + HOUR)).isEqualTo(T + HOUR + 36 * DAY);
    }

    @Test
    void visit_tooSoonOrTooLate_isNoReturn() {
        caught(T, 1);
        assertThat(visited(T + 5 * MINUTE - 1, 1, VisitResult.ASKED).verdict()).isEqualTo(VisitVerdict.DEFER);
        state = TrustState.UNKNOWN;
        caught(T, 1);
        assertThat(visited(T + 5 * HOUR + 1, 1, VisitResult.ASKED).verdict()).isEqualTo(VisitVerdict.DEFER);
    }

    /** Exim tries every 6 hours after some time, so the proof may never come; but nothing was abandoned. */
    @Test
    void visit_tooLateToProve_isNotAbandonedEither() {
        caught(T, 1);
        assertThat(visited(T + 6 * HOUR, 1, VisitResult.ASKED).verdict()).isEqualTo(VisitVerdict.DEFER);
        assertThat(caught(T + 13 * HOUR, 2).cause()).isEqualTo(TrustCause.CAUGHT_AGAIN);
        assertThat(visited(T + 25 * HOUR, 2, VisitResult.ACCEPTED).verdict()).isEqualTo(VisitVerdict.DUNNO);
        assertThat(state.caught().find(2)).isNull();
        assertThat(caught(T + 40 * HOUR, 3).after()).isEqualTo(Tier.SUSPECT);
    }

    @Test
    void deferral_thatIsLetInAfterTheListing_isNotAbandoned() {
        caught(T, 1);
        visited(T + 20 * HOUR, 2, VisitResult.DEFERRED);
        assertThat(visited(T + 26 * HOUR, 2, VisitResult.ASKED).verdict()).isEqualTo(VisitVerdict.DUNNO);
        assertThat(caught(T + 60 * HOUR, 3).after()).isEqualTo(Tier.CONFIRMED);
        assertThat(visited(T + 61 * HOUR, 4, VisitResult.ASKED).verdict()).isEqualTo(VisitVerdict.DEFER);
    }

    @Test
    void visitFromTheNetwork_tooLateToProve_isNotAbandonedEither() {
        caught(T, 1);
        EnvelopeVisit late =
                new EnvelopeVisit(T + 6 * HOUR, 1, false, VisitResult.ASKED, false, coverage, false, false);
        state = rules.recordReturnFromNetwork(state, late).state();
        assertThat(state.tierAt(T + 6 * HOUR)).isEqualTo(Tier.SUSPECT);
        assertThat(caught(T + 20 * HOUR, 2).cause()).isEqualTo(TrustCause.CAUGHT_AGAIN);
    }

    /** As with its own visit, what a cleared pool delivers at once was not abandoned. */
    @Test
    void visitFromTheNetwork_atOnce_whileCleared_isNotAbandoned() {
        for (long envelope = 1; envelope <= 3; envelope++) {
            caught(T, envelope);
            visited(T + HOUR, envelope, VisitResult.ACCEPTED);
        }
        for (long envelope = 4; envelope <= 6; envelope++) {
            caught(T + 5 * DAY, envelope);
            EnvelopeVisit soon = new EnvelopeVisit(
                    T + 5 * DAY + 2 * MINUTE, envelope, false, VisitResult.ACCEPTED, false, coverage, false, false);
            state = rules.recordReturnFromNetwork(state, soon).state();
        }
        assertThat(caught(T + 7 * DAY, 7).cause()).isEqualTo(TrustCause.EXCUSED);
        assertThat(state.tierAt(T + 7 * DAY)).isEqualTo(Tier.CLEARED);
    }

    @Test
    void outage_takesAConfirmationBack_andItsEnvelopeIsNotAbandoned() {
        confirm();
        state = rules.takeBackSince(state, T + 13 * HOUR);
        assertThat(state.tierAt(T + 13 * HOUR)).isEqualTo(Tier.SUSPECT);
        assertThat(state.caught().find(2)).matches(RememberedEnvelope::isSettled);
        assertThat(visited(T + 14 * HOUR, 2, VisitResult.ASKED).verdict()).isNotEqualTo(VisitVerdict.REJECT);
        assertThat(state.proof().lastReturnAt()).as("it still returns").isEqualTo(T + 14 * HOUR);
    }

    @Test
    void outage_afterAConfirmation_changesNothing() {
        confirm();
        TrustState before = state;
        assertThat(rules.takeBackSince(before, T + 13 * HOUR + 1)).isEqualTo(before);
    }

    @Test
    void firstCatch_thatIsExcusedLate_leavesTheSenderCleared() {
        caught(T, 1);
        visited(T + HOUR, 1, VisitResult.ASKED);
        state = rules.excuse(state, T);
        assertThat(state.firstCaughtAt()).isZero();
        assertThat(state.tierAt(T + 2 * HOUR)).isEqualTo(Tier.CLEARED);
        assertThat(caught(T + 2 * HOUR, 2).after()).isEqualTo(Tier.CLEARED);
    }

    @Test
    void return_toTheDecoy_showsAQueue_andDemotes() {
        confirm();
        assertThat(caught(T + 14 * HOUR, 2))
                .extracting(TrustChange::cause, TrustChange::after)
                .containsExactly(TrustCause.RETURNED_TO_DECOY, Tier.SUSPECT);
        assertThat(caught(T + 35 * DAY, 3).after()).isEqualTo(Tier.SUSPECT);
    }

    @Test
    void queue_afterThreeAbandoned_protectsNoMore() {
        caught(T, 1);
        caught(T + HOUR, 1);
        caught(T + 2 * HOUR, 2);
        caught(T + 2 * HOUR, 3);
        assertThat(caught(T + 26 * HOUR, 4).cause()).isEqualTo(TrustCause.CAUGHT_WITH_QUEUE);
        assertThat(caught(T + 39 * HOUR, 5).after()).isEqualTo(Tier.CONFIRMED);
    }

    @Test
    void cleared_afterItsFirstDay_endsWithThreeAbandoned() {
        for (long envelope = 1; envelope <= 3; envelope++) {
            caught(T, envelope);
            visited(T + HOUR, envelope, VisitResult.ACCEPTED);
        }
        for (long envelope = 4; envelope <= 6; envelope++) {
            assertThat(caught(T + 2 * HOUR, envelope).cause()).isEqualTo(TrustCause.EXCUSED);
        }
        assertThat(caught(T + 24 * HOUR, 7).cause()).isEqualTo(TrustCause.EXCUSED);
        assertThat(caught(T + 25 * HOUR, 8))
                .extracting(TrustChange::cause, TrustChange::after)
                .containsExactly(TrustCause.ABANDONED_SINCE_RETURN, Tier.SUSPECT);
    }

    @Test
    void sameEnvelope_afterAPause_listsButNeverConfirms() {
        caught(T, 1);
        for (long i = 1; i < 10; i++) {
            assertThat(caught(T + i * 25 * HOUR, 1))
                    .extracting(TrustChange::cause, TrustChange::after)
                    .containsExactly(TrustCause.CAUGHT_AFTER_PAUSE, Tier.SUSPECT);
        }
    }

    @Test
    void sameRecipientTwice_afterAPause_listsToo() {
        caught(T, 1, 1);
        assertThat(caught(T + 25 * HOUR, 1, 1, 2).cause()).isEqualTo(TrustCause.CAUGHT_AFTER_PAUSE);
        assertThat(state.tierAt(T + 25 * HOUR)).isEqualTo(Tier.SUSPECT);
        assertThat(state.caught().entries()).hasSize(1);
    }

    @Test
    void deferralAtThePrimary_returnsAfterAnHour_isAcceptedAndClears() {
        caught(T, 1);
        assertThat(visited(T + HOUR, 2, VisitResult.ASKED).verdict()).isEqualTo(VisitVerdict.DEFER);
        VisitOutcome soon = visited(T + HOUR + 10 * MINUTE, 2, VisitResult.ASKED);
        assertThat(soon.verdict()).isEqualTo(VisitVerdict.DEFER);
        assertThat(soon.change().cause()).isEqualTo(TrustCause.RETURNED_SOON_AFTER_DEFERRAL);
        VisitOutcome later = visited(T + 2 * HOUR, 2, VisitResult.ASKED);
        assertThat(later.verdict()).isEqualTo(VisitVerdict.DUNNO);
        assertThat(later.change().until()).isEqualTo(T + 2 * HOUR + DAY);
    }

    @Test
    void confirmed_isDeferred_untilItAbandonsADeferral() {
        confirm();
        assertThat(visited(T + 14 * HOUR, 3, VisitResult.ASKED).verdict()).isEqualTo(VisitVerdict.DEFER);
        assertThat(visited(T + 26 * HOUR, 4, VisitResult.ASKED).verdict()).isEqualTo(VisitVerdict.DEFER);
        assertThat(visited(T + 27 * HOUR, 5, VisitResult.ASKED).verdict()).isEqualTo(VisitVerdict.REJECT);
    }

    /** With DEFER_IF_PERMIT, Postfix defers only what it would accept: other recipients get 5xx, and no retry. */
    @Test
    void deferralThatThePrimaryMayHaveRefused_isNotAbandoned() {
        caught(T, 1);
        visited(T + HOUR, 3, VisitResult.ASKED);
        assertThat(caught(T + 13 * HOUR, 2).after()).isEqualTo(Tier.CONFIRMED);
        EnvelopeVisit ifPermitted =
                new EnvelopeVisit(T + 13 * HOUR, 4, false, VisitResult.ASKED, false, coverage, true, false);
        state = rules.recordVisit(state, ifPermitted).state();
        assertThat(visited(T + 26 * HOUR, 5, VisitResult.ASKED).verdict()).isEqualTo(VisitVerdict.DEFER);
        assertThat(visited(T + 39 * HOUR, 6, VisitResult.ASKED).verdict())
                .as("a deferral of a confirmed sender is given in any case")
                .isEqualTo(VisitVerdict.REJECT);
    }

    @Test
    void deferralOfASuspect_thatTheLogReports_canBeAbandoned() {
        caught(T, 1);
        visited(T + HOUR, 3, VisitResult.ASKED);
        visited(T + HOUR, 3, VisitResult.DEFERRED);
        caught(T + 13 * HOUR, 2);
        assertThat(visited(T + 14 * HOUR, 4, VisitResult.ASKED).verdict()).isEqualTo(VisitVerdict.REJECT);
    }

    @Test
    void deferralOfASuspect_thatReturns_clearsIt() {
        caught(T, 1);
        visited(T + HOUR, 3, VisitResult.ASKED);
        assertThat(visited(T + 2 * HOUR, 3, VisitResult.ASKED).verdict()).isEqualTo(VisitVerdict.DUNNO);
    }

    /** The policy line comes first, so the retry that an unknown recipient ends is seen before the 550. */
    @Test
    void retryThatThePrimaryRefuses_isNotAbandoned() {
        confirm();
        visited(T + 14 * HOUR, 3, VisitResult.ASKED);
        assertThat(visited(T + 14 * HOUR + 10 * MINUTE, 3, VisitResult.ASKED).verdict())
                .isEqualTo(VisitVerdict.DEFER);
        assertThat(state.tierAt(T + 15 * HOUR)).isEqualTo(Tier.SUSPECT);
        assertThat(visited(T + 40 * HOUR, 4, VisitResult.ASKED).verdict()).isNotEqualTo(VisitVerdict.REJECT);
    }

    @Test
    void confirmed_oneCheapRetry_isNotRejectedButNotClearedEither() {
        confirm();
        visited(T + 14 * HOUR, 3, VisitResult.ASKED);
        caught(T + 27 * HOUR, 4);
        VisitOutcome outcome = visited(T + 27 * HOUR + 6 * MINUTE, 4, VisitResult.ASKED);
        assertThat(outcome.verdict()).isEqualTo(VisitVerdict.DEFER);
        assertThat(outcome.change().after()).isEqualTo(Tier.SUSPECT);
        assertThat(visited(T + 29 * HOUR, 4, VisitResult.ASKED).verdict()).isEqualTo(VisitVerdict.DUNNO);
    }

    @Test
    void envelopeThatComesAtOnce_whileCleared_isAnswered_onlyIfThePrimaryLetsItIn() {
        caught(T, 1);
        visited(T + HOUR, 1, VisitResult.ASKED);
        caught(T + 2 * HOUR, 2);
        visited(T + 2 * HOUR + 1, 2, VisitResult.DEFERRED);
        assertThat(state.caught().find(2)).matches(envelope -> !envelope.has(RememberedEnvelope.ANSWERED));
        visited(T + 2 * HOUR + 2, 2, VisitResult.ASKED);
        assertThat(state.caught().find(2)).matches(envelope -> envelope.has(RememberedEnvelope.ANSWERED));
        visited(T + 2 * HOUR + 3, 2, VisitResult.ACCEPTED);
        assertThat(state.caught().find(2)).isNull();
    }

    @Test
    void return_fromTheNetwork_clearsBoth() {
        caught(T, 1);
        EnvelopeVisit visit = new EnvelopeVisit(T + HOUR, 1, false, VisitResult.ASKED, false, coverage, false, false);
        TrustState cleared = rules.recordReturnFromNetwork(state, visit).state();
        assertThat(cleared.tierAt(T + HOUR)).isEqualTo(Tier.CLEARED);
        assertThat(TrustState.decode(cleared.encode()).proof().byNeighbor()).isTrue();
        assertThat(rules.recordVisit(state, visit).state().proof().byNeighbor()).isFalse();
        EnvelopeVisit proven = new EnvelopeVisit(T + HOUR, 1, false, VisitResult.ASKED, true, coverage, false, false);
        assertThat(rules.recordVisit(TrustState.UNKNOWN, proven).state().tierAt(T + HOUR))
                .isEqualTo(Tier.CLEARED);
    }

    @Test
    void return_fromElsewhere_answersTheEnvelope() {
        caught(T, 1);
        EnvelopeVisit visit = new EnvelopeVisit(T + HOUR, 1, false, VisitResult.ASKED, false, coverage, false, false);
        state = rules.recordReturnElsewhere(state, visit).state();
        assertThat(state.tierAt(T + HOUR)).isEqualTo(Tier.SUSPECT);
        assertThat(caught(T + 13 * HOUR, 2).cause()).isEqualTo(TrustCause.CAUGHT_AGAIN);
    }

    @Test
    void return_ofADeferral_fromElsewhere_isNotAbandoned() {
        caught(T, 1);
        caught(T + 13 * HOUR, 2);
        visited(T + 14 * HOUR, 3, VisitResult.ASKED);
        EnvelopeVisit elsewhere =
                new EnvelopeVisit(T + 15 * HOUR, 3, false, VisitResult.ASKED, false, coverage, false, false);
        TrustState answered = rules.recordReturnElsewhere(state, elsewhere).state();
        assertThat(visited(T + 28 * HOUR, 4, VisitResult.ASKED).verdict()).isEqualTo(VisitVerdict.REJECT);
        state = answered;
        assertThat(visited(T + 28 * HOUR, 4, VisitResult.ASKED).verdict()).isEqualTo(VisitVerdict.DEFER);
    }

    @Test
    void confirmation_whileAReturnCouldBeMissed_isNotGiven() {
        coverage = ReportCoverage.NONE.withReport(T - HOUR).withReport(T).withReport(T + HOUR);
        caught(T - MINUTE, 1);
        assertThat(caught(T + 13 * HOUR, 2).cause()).isEqualTo(TrustCause.CAUGHT_AGAIN);
        coverage = ReportCoverage.COMPLETE;
        assertThat(caught(T + 13 * HOUR + 1, 3).after()).isEqualTo(Tier.CONFIRMED);
    }

    @Test
    void transaction_ofManyRecipients_remembersTheFirstAndTheTwoSmallest() {
        LongList envelopes = new LongArrayList();
        for (long i = 0; i < 50; i++) {
            envelopes.add(1_000 - i);
        }
        caught(T, envelopes.toLongArray());
        assertThat(state.caught().entries())
                .extracting(RememberedEnvelope::hash)
                .containsExactly(1_000L, 952L, 951L);
    }

    @Test
    void mailingList_manyOpenEnvelopes_isRecognizedByItsSmallest() {
        for (long i = 0; i < 2_000; i++) {
            caught(T + i, i * 0x9e37_79b9_7f4a_7c15L);
        }
        boolean cleared = false;
        for (long i = 0; i < 2_000 && !cleared; i++) {
            visited(T + 3 * HOUR + i, i * 0x9e37_79b9_7f4a_7c15L, VisitResult.ASKED);
            cleared = state.tierAt(T + 3 * HOUR + i) == Tier.CLEARED;
        }
        assertThat(cleared).isTrue();
        assertThat(state.encode()).hasSizeLessThanOrEqualTo(TrustState.MAX_OCTETS);
    }
}
