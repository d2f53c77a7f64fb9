package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import it.unimi.dsi.fastutil.longs.LongList;
import org.junit.jupiter.api.Test;

/** What changes a tier without a catch or a visit. */
class TrustOverridesTest {
    private static final long T = 1_767_225_600L;
    private static final long HOUR = 3_600;
    private static final long DAY = 86_400;

    private final TrustRules rules = new TrustRules(TrustSettings.DEFAULTS);
    private TrustState state = TrustState.UNKNOWN;

    private void caught(long at, long envelope) {
        CaughtTransaction caught =
                new CaughtTransaction(at, LongList.of(envelope), false, true, false, ReportCoverage.COMPLETE);
        state = rules.recordCatch(state, caught).state();
    }

    private VisitVerdict ask(long at, long envelope) {
        EnvelopeVisit visit =
                new EnvelopeVisit(at, envelope, false, VisitResult.ASKED, false, ReportCoverage.COMPLETE, false, false);
        return rules.recordVisit(state, visit).verdict();
    }

    @Test
    void setByHand_overridesAllUntilItsEnd() {
        state = rules.setByHand(state, Tier.CONFIRMED, T, T + DAY);
        assertThat(ask(T, 1)).isEqualTo(VisitVerdict.REJECT);
        caught(T, 2);
        assertThat(ask(T + HOUR, 2)).isEqualTo(VisitVerdict.REJECT);
        assertThat(state.tierAt(T + DAY)).isEqualTo(Tier.NONE);
        assertThatThrownBy(() -> rules.setByHand(state, Tier.NONE, T, T + DAY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** No return is recorded meanwhile, so the good sender would seem to have abandoned all that was open. */
    @Test
    void clearedByHand_whatWasOpenBefore_isAbandonedByNobody() {
        caught(T, 1);
        caught(T + 13 * HOUR, 2);
        EnvelopeVisit deferred = new EnvelopeVisit(
                T + 14 * HOUR, 3, false, VisitResult.DEFERRED, false, ReportCoverage.COMPLETE, false, false);
        state = rules.recordVisit(state, deferred).state();
        state = rules.setByHand(state, Tier.CLEARED, T + 15 * HOUR, T + 39 * HOUR);
        assertThat(ask(T + 16 * HOUR, 3)).isEqualTo(VisitVerdict.DUNNO);
        caught(T + 40 * HOUR, 4);
        assertThat(state.tierAt(T + 40 * HOUR)).isEqualTo(Tier.SUSPECT);
        assertThat(ask(T + 41 * HOUR, 5)).isEqualTo(VisitVerdict.DEFER);
        caught(T + 53 * HOUR, 6);
        assertThat(state.tierAt(T + 53 * HOUR)).isEqualTo(Tier.CONFIRMED);
        assertThat(ask(T + 53 * HOUR, 7)).isEqualTo(VisitVerdict.DEFER);
    }

    @Test
    void oldListing_isASuspectForTheTtlAtMost() {
        TrustState listed = rules.fromOldListing(T, T + 30 * DAY, T + DAY);
        assertThat(listed.tierAt(T + DAY)).isEqualTo(Tier.SUSPECT);
        assertThat(listed.tierEndsAt(T + DAY)).isEqualTo(T + 2 * DAY);
        assertThat(rules.fromOldListing(T, T + DAY + 5, T + DAY).tierEndsAt(T + DAY))
                .isEqualTo(T + DAY + 5);
    }

    @Test
    void stateFromOtherKey_dropsEnvelopesAndDemotes() {
        caught(T, 1);
        caught(T + 13 * HOUR, 2);
        assertThat(state.tierAt(T + 14 * HOUR)).isEqualTo(Tier.CONFIRMED);
        TrustState imported = rules.fromOtherKey(state, T + 14 * HOUR);
        assertThat(imported.tierAt(T + 14 * HOUR)).isEqualTo(Tier.SUSPECT);
        assertThat(imported.caught()).isEqualTo(EnvelopeMemory.EMPTY);
    }

    @Test
    void suspicion_expires_andIsForgotten() {
        caught(T, 1);
        assertThat(rules.expire(state, T, T + DAY))
                .isEqualTo(new TrustChange(Tier.SUSPECT, Tier.NONE, TrustCause.EXPIRED, T + DAY, 0));
        assertThat(state.forgettableAt(TrustSettings.DEFAULTS)).isEqualTo(T + 31 * DAY);
        assertThat(state.withoutExpired(T + 31 * DAY, TrustSettings.DEFAULTS).caught())
                .isEqualTo(EnvelopeMemory.EMPTY);
    }

    @Test
    void listingOfOneNode_returnSeenByAnother_clearsOnBoth() {
        caught(T, 1);
        TrustState imported = state;
        EnvelopeVisit visit =
                new EnvelopeVisit(T + HOUR, 1, false, VisitResult.ASKED, false, ReportCoverage.COMPLETE, false, false);
        TrustState cleared = rules.recordVisit(imported, visit).state();
        assertThat(cleared.mergedWith(state).tierAt(T + HOUR)).isEqualTo(Tier.CLEARED);
        assertThat(state.mergedWith(cleared).tierAt(T + 2 * DAY)).isEqualTo(Tier.NONE);
    }

    @Test
    void releaseOnOneNode_laterReturnToTheDecoyOfAnother_staysReleasedOnBoth() {
        caught(T, 1);
        TrustState released = TrustState.releasedAt(T);
        caught(T + HOUR, 1);
        assertThat(state.proof().lastReturnAt()).isEqualTo(T + HOUR);
        assertThat(state.tierAt(T + HOUR)).isEqualTo(Tier.SUSPECT);
        assertThat(state.mergedWith(released).tierAt(T + HOUR)).isEqualTo(Tier.NONE);
        assertThat(released.mergedWith(state).tierAt(T + HOUR)).isEqualTo(Tier.NONE);
    }

    @Test
    void confirmedByOneNode_returnToTheDecoyOfAnother_isASuspectOnBoth() {
        caught(T, 1);
        caught(T + 13 * HOUR, 2);
        TrustState confirmed = state;
        caught(T + 14 * HOUR, 2);
        assertThat(state.tierAt(T + 14 * HOUR)).isEqualTo(Tier.SUSPECT);
        assertThat(confirmed.mergedWith(state).tierAt(T + 14 * HOUR)).isEqualTo(Tier.SUSPECT);
        assertThat(state.mergedWith(confirmed).tierAt(T + 14 * HOUR)).isEqualTo(Tier.SUSPECT);
    }
}
