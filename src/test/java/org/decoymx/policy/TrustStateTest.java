package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The limits of what a state says; {@link TrustStateProperties} has its form and the laws of merging. */
class TrustStateTest {
    private static final long T = 1_800_000_000;
    private static final long DAY = 86_400;

    private static TrustState state(long firstCaughtAt, Listing listing, RetryProof proof) {
        return new TrustState(firstCaughtAt, listing, proof, EnvelopeMemory.EMPTY, EnvelopeMemory.EMPTY);
    }

    private static RetryProof clearedUntil(long until) {
        return new RetryProof(T, 0, T, until, 1, 7, 0, false);
    }

    private static RetryProof returnedAt(long at) {
        return new RetryProof(at, 0, 0, 0, 0, 0, 0, false);
    }

    @Test
    void tierSetByHand_comesFirst_untilItsEnd() {
        TrustState state = state(T, new Listing(Tier.CONFIRMED, T, T + DAY, 0, true), clearedUntil(T + 2 * DAY));
        assertThat(state.tierAt(T + DAY - 1)).isEqualTo(Tier.CONFIRMED);
        assertThat(state.tierEndsAt(T + DAY - 1)).isEqualTo(T + DAY);
        assertThat(state.tierAt(T + DAY)).isEqualTo(Tier.CLEARED);
        assertThat(state.tierEndsAt(T + DAY)).isEqualTo(T + 2 * DAY);
        assertThat(state.tierAt(T + 2 * DAY)).isEqualTo(Tier.NONE);
        assertThat(state.tierEndsAt(T + 2 * DAY)).isZero();
    }

    @Test
    void clearedSender_isSoByItsProof_orByHand() {
        Listing byHand = new Listing(Tier.CLEARED, T, T + DAY, 0, true);
        assertThat(state(0, byHand, RetryProof.NONE).clearedUntil()).isEqualTo(T + DAY);
        assertThat(state(0, byHand, clearedUntil(T + 2 * DAY)).clearedUntil()).isEqualTo(T + 2 * DAY);
        Listing suspect = new Listing(Tier.SUSPECT, T, T + DAY, 0, false);
        assertThat(state(T, suspect, RetryProof.NONE).clearedUntil()).isZero();
    }

    @Test
    void releasedState_isKept_asLongAsAListingMayBeImported() {
        TrustSettings settings = TrustSettings.DEFAULTS;
        assertThat(TrustState.releasedAt(T).forgettableAt(settings)).isEqualTo(T + 30 * DAY);
        assertThat(state(T, Listing.NONE, RetryProof.NONE).forgettableAt(settings))
                .isEqualTo(T + 30 * DAY);
        assertThat(state(0, Listing.NONE, new RetryProof(T, T + 36 * DAY, 0, 0, 0, 0, 0, false))
                        .forgettableAt(settings))
                .isEqualTo(T + 36 * DAY);
    }

    @Test
    void listingByHand_isEnded_byALaterDecisionOnly() {
        TrustState byHand = state(T, new Listing(Tier.SUSPECT, T, T + DAY, 3, true), RetryProof.NONE);
        assertThat(byHand.withoutByHandBefore(T)).isEqualTo(byHand);
        assertThat(byHand.withoutByHandBefore(T + 1).listing()).isEqualTo(new Listing(Tier.NONE, 0, 0, 3, false));
        TrustState caught = state(T, new Listing(Tier.SUSPECT, T, T + DAY, 3, false), RetryProof.NONE);
        assertThat(caught.withoutByHandBefore(T + 1)).isEqualTo(caught);
    }

    @ParameterizedTest
    @CsvSource({"5, 9, 5", "9, 5, 5", "0, 9, 9", "9, 0, 9", "0, 0, 0"})
    void mergedStates_wereFirstCaught_whenEitherWas(long one, long other, long merged) {
        assertThat(state(one, Listing.NONE, RetryProof.NONE)
                        .mergedWith(state(other, Listing.NONE, RetryProof.NONE))
                        .firstCaughtAt())
                .isEqualTo(merged);
    }

    @Test
    void returnThatAnotherNodeSaw_makesAConfirmedSenderASuspect_unlessItWasBefore() {
        TrustState confirmed = state(T - DAY, new Listing(Tier.CONFIRMED, T, T + DAY, 1, false), RetryProof.NONE);
        assertThat(confirmed.mergedWith(state(0, Listing.NONE, returnedAt(T))).listing())
                .isEqualTo(new Listing(Tier.SUSPECT, T, T + DAY, 1, false));
        assertThat(confirmed
                        .mergedWith(state(0, Listing.NONE, returnedAt(T - 1)))
                        .listing())
                .isEqualTo(confirmed.listing());
        TrustState byHand = state(T - DAY, new Listing(Tier.CONFIRMED, T, T + DAY, 1, true), RetryProof.NONE);
        assertThat(byHand.mergedWith(state(0, Listing.NONE, returnedAt(T))).listing())
                .isEqualTo(byHand.listing());
    }

    @Test
    void relapses_upTo30_areValid() {
        TrustState most = state(T, new Listing(Tier.CONFIRMED, T, T + DAY, 30, false), RetryProof.NONE);
        assertThat(TrustState.decode(most.encode())).isEqualTo(most);
        TrustState more = state(T, new Listing(Tier.CONFIRMED, T, T + DAY, 31, false), RetryProof.NONE);
        assertThatThrownBy(() -> TrustState.decode(more.encode()))
                .hasMessage("a sender's trust state has an invalid listing");
        TrustState proven = state(T, Listing.NONE, new RetryProof(T, T, T, T, 3, 7, 8, true));
        assertThat(TrustState.decode(proven.encode())).isEqualTo(proven);
        TrustState overproven = state(T, Listing.NONE, new RetryProof(T, T, T, T, 4, 7, 8, true));
        assertThatThrownBy(() -> TrustState.decode(overproven.encode()))
                .hasMessage("a sender's trust state has an invalid proof");
    }

    @Test
    void listing_isEnded_byAClearingOfTheSameSecond() {
        Listing listing = new Listing(Tier.SUSPECT, T, T + DAY, 2, false);
        assertThat(listing.endedBy(clearedUntil(T + DAY))).isEqualTo(new Listing(Tier.NONE, 0, 0, 2, false));
        assertThat(listing.endedBy(RetryProof.releasedAt(T - 1))).isEqualTo(listing);
        SenderScore points = new SenderScore(10, T, 1, T, T + DAY, 0);
        Instant now = Instant.ofEpochSecond(T);
        Sender sender = new Sender(IpPrefix.ofBits(false, 7), now, now, 1, 1, Set.of(), Set.of(), List.of(points));
        assertThat(Listing.of(sender, TrustState.releasedAt(T), now)).isEqualTo(Listing.NONE);
        assertThat(Listing.of(sender, TrustState.releasedAt(T - 1), now))
                .isEqualTo(new Listing(Tier.SUSPECT, T, T + DAY, 0, false));
    }

    @Test
    void mergedEnvelope_hasTheLaterKnowledge_andIsRememberedForEither() {
        int latest = RememberedEnvelope.LATEST;
        int smallest = RememberedEnvelope.SMALLEST;
        RememberedEnvelope early = new RememberedEnvelope(7, T, T + 5, latest | RememberedEnvelope.RETURNED);
        RememberedEnvelope late = new RememberedEnvelope(7, T + 1, T + 9, smallest | RememberedEnvelope.ANSWERED);
        RememberedEnvelope merged =
                new RememberedEnvelope(7, T + 1, T + 9, smallest | latest | RememberedEnvelope.ANSWERED);
        assertThat(early.mergedWith(late)).isEqualTo(merged);
        assertThat(late.mergedWith(early)).isEqualTo(merged);
    }

    @Test
    void proofByANeighbor_isSo_whileTheSenderIsCleared() {
        RetryProof byNeighbor = new RetryProof(T, 0, T, T + DAY, 1, 7, 0, true);
        TrustSettings settings = TrustSettings.DEFAULTS;
        assertThat(byNeighbor.withClearing(8, T + DAY - 1, true, settings).byNeighbor())
                .isTrue();
        assertThat(byNeighbor.withClearing(8, T + DAY, true, settings).byNeighbor())
                .isFalse();
        assertThat(clearedUntil(T + DAY).withClearing(8, T + 1, true, settings).byNeighbor())
                .isFalse();
    }

    @Test
    void proofsOfThreeNodes_areTheSame_inAnyOrder() {
        RetryProof one = new RetryProof(T + 10, 0, T + 3, T + DAY, 1, 7, 0, false);
        RetryProof two = new RetryProof(T + 5, 0, T + 9, T + DAY, 2, 7, 8, false);
        RetryProof three = new RetryProof(T + 10, 0, T + 7, T + DAY, 3, 7, 8, false);
        assertThat(one.mergedWith(two).mergedWith(three)).isEqualTo(one.mergedWith(two.mergedWith(three)));
    }
}
