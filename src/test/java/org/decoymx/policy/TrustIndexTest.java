package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import it.unimi.dsi.fastutil.longs.LongList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.TrustIndex.TrustEntry;
import org.decoymx.sighting.CaughtEnvelopes;
import org.junit.jupiter.api.Test;

/** The trust states of several senders: what one visit does to each of them, and what is written. */
class TrustIndexTest {
    private static final long T = 1_800_000_000;
    private static final long MINUTE = 60;
    private static final long HOUR = 3_600;
    private static final IpPrefix SENDER = origin("192.0.2.1");
    private static final IpPrefix NEIGHBOR = origin("192.0.2.9");
    private static final IpPrefix STRANGER = origin("198.51.100.7");

    private final TrustRules rules = new TrustRules(TrustSettings.DEFAULTS);
    private final List<String> log = new ArrayList<>();
    private final SenderEvents events = new SenderEvents(line -> log.add(line.get()));
    private final TrustIndex index = new TrustIndex(rules, events, 3);

    private static IpPrefix origin(String address) {
        return IpText.parseHostNetwork(address).orElseThrow();
    }

    private TrustChange catchAt(long at, IpPrefix sender, long envelope) {
        return index.recordCatch(
                sender,
                new CaughtEnvelopes(at, LongList.of(envelope), LongList.of(envelope), List.of("example.org"), false),
                true,
                false);
    }

    private VisitVerdict visitAt(long at, IpPrefix client, long envelope) {
        return index.recordVisit(new TrustVisit(client, at, envelope, false, VisitResult.ASKED, true), null);
    }

    private Tier tierAt(long at, IpPrefix sender) {
        return index.find(sender).tierAt(at);
    }

    private void reportUntil(long from, long until) {
        for (long at = from; at <= until; at += MINUTE) {
            index.reports().recordReport(at, List.of());
        }
    }

    @Test
    void retry_clearsBeforeTheAnswer() {
        catchAt(T, SENDER, 7);
        assertThat(visitAt(T + 2 * MINUTE, SENDER, 8)).isEqualTo(VisitVerdict.DEFER);
        assertThat(visitAt(T + 6 * MINUTE, SENDER, 7)).isEqualTo(VisitVerdict.DUNNO);
        assertThat(tierAt(T + 6 * MINUTE, SENDER)).isEqualTo(Tier.CLEARED);
        assertThat(index.hasCleared(SENDER.neighborhood(), T + 6 * MINUTE)).isTrue();
        assertThat(index.hasCleared(STRANGER.neighborhood(), T + 6 * MINUTE)).isFalse();
    }

    private void shareAt(long at, IpPrefix client, long envelope, VisitResult result, boolean forAll) {
        index.recordShared(new TrustVisit(client, at, envelope, false, result, false), forAll);
    }

    @Test
    void retryAtAnotherNode_clearsWhomThisNodeCaught() {
        catchAt(T, SENDER, 7);
        shareAt(T + 2 * MINUTE, SENDER, 8, VisitResult.DEFERRED, false);
        assertThat(index.find(SENDER).deferred().entries()).isEmpty();
        shareAt(T + 6 * MINUTE, NEIGHBOR, 7, VisitResult.ASKED, false);
        assertThat(tierAt(T + 6 * MINUTE, SENDER)).isEqualTo(Tier.CLEARED);
        shareAt(T + 7 * MINUTE, STRANGER, 9, VisitResult.ASKED, true);
        assertThat(index.find(STRANGER).isUnknown()).isTrue();
        assertThat(index.reports().lastReportAt()).isEqualTo(Long.MIN_VALUE);
    }

    /** A node that shares its states has recorded the visit for whom others caught; one that does not has not. */
    @Test
    void retryAtAnotherNode_ofWhomAThirdOneCaught_isRecordedIfNobodyElseDoes() {
        catchAt(T, SENDER, 7);
        TrustState caught = index.find(SENDER);
        index.forget(SENDER);
        index.putRemote("other", SENDER, caught);
        shareAt(T + 6 * MINUTE, SENDER, 7, VisitResult.ASKED, false);
        assertThat(tierAt(T + 6 * MINUTE, SENDER)).isEqualTo(Tier.SUSPECT);
        shareAt(T + 6 * MINUTE, SENDER, 7, VisitResult.ASKED, true);
        assertThat(tierAt(T + 6 * MINUTE, SENDER)).isEqualTo(Tier.CLEARED);
    }

    @Test
    void catchTakenBack_endsTheListingThatBeganWithIt() {
        catchAt(T, SENDER, 7);
        assertThat(index.excuse(SENDER, T)).isTrue();
        assertThat(index.find(SENDER)).isEqualTo(TrustState.UNKNOWN);
        assertThat(index.excuse(NEIGHBOR, T)).isFalse();
    }

    @Test
    void laterCatchTakenBack_isForgotten_andConfirmsNobody() {
        reportUntil(T, T + 30 * HOUR);
        catchAt(T, SENDER, 7);
        catchAt(T + 14 * HOUR, SENDER, 8);
        assertThat(tierAt(T + 14 * HOUR, SENDER)).isEqualTo(Tier.CONFIRMED);
        assertThat(index.excuse(SENDER, T + 14 * HOUR)).isFalse();
        assertThat(tierAt(T + 14 * HOUR, SENDER)).isEqualTo(Tier.SUSPECT);
        assertThat(index.find(SENDER).caught().find(8)).isNull();
        assertThat(index.find(SENDER).caught().find(7)).isNotNull();
    }

    @Test
    void catchTakenBack_doesNotChangeWhatWasSetByHand() {
        TrustState byHand = rules.setByHand(TrustState.UNKNOWN, Tier.CONFIRMED, T, T + HOUR);
        index.load(SENDER, byHand);
        assertThat(index.excuse(SENDER, T)).isFalse();
        assertThat(index.find(SENDER)).isEqualTo(byHand);
    }

    @Test
    void importedListingByHand_thatHasEnded_endsNoLaterListing() {
        reportUntil(T, T + 40 * HOUR);
        TrustState byHand = rules.setByHand(TrustState.UNKNOWN, Tier.SUSPECT, T, T + HOUR);
        catchAt(T + 2 * HOUR, SENDER, 7);
        catchAt(T + 15 * HOUR, SENDER, 8);
        index.merge(SENDER, byHand, true, T + 16 * HOUR);
        assertThat(tierAt(T + 16 * HOUR, SENDER)).isEqualTo(Tier.CONFIRMED);
        TrustState confirmed = index.find(SENDER);
        index.load(NEIGHBOR, byHand);
        index.merge(NEIGHBOR, confirmed, true, T + 16 * HOUR);
        assertThat(tierAt(T + 16 * HOUR, NEIGHBOR)).isEqualTo(Tier.CONFIRMED);
    }

    @Test
    void lateExcuse_doesNotSetAReleaseBack() {
        catchAt(T, SENDER, 7);
        index.release(SENDER, T + HOUR);
        index.release(SENDER, T);
        assertThat(index.find(SENDER).proof().clearedSince()).isEqualTo(T + HOUR);
    }

    @Test
    void changesThatCannotBeWritten_areBounded() {
        for (int i = 0; i < 50; i++) {
            catchAt(T + i, origin("203.0.113." + i), i);
        }
        assertThat(index.takeChanges(100))
                .hasSizeBetween(3, 6)
                .filteredOn(e -> e.state() != null)
                .hasSize(3);
    }

    @Test
    void retryOfNeighbor_clearsBoth() {
        catchAt(T, SENDER, 7);
        catchAt(T, NEIGHBOR, 8);
        assertThat(visitAt(T + 6 * MINUTE, NEIGHBOR, 7)).isEqualTo(VisitVerdict.DUNNO);
        assertThat(tierAt(T + 6 * MINUTE, SENDER)).isEqualTo(Tier.CLEARED);
        assertThat(tierAt(T + 6 * MINUTE, NEIGHBOR)).isEqualTo(Tier.CLEARED);
    }

    @Test
    void retryFromElsewhere_answersTheEnvelopeOnly() {
        reportUntil(T, T + 14 * HOUR);
        catchAt(T, SENDER, 7);
        assertThat(visitAt(T + 6 * MINUTE, STRANGER, 7)).isEqualTo(VisitVerdict.DUNNO);
        assertThat(tierAt(T + 6 * MINUTE, SENDER)).isEqualTo(Tier.SUSPECT);
        assertThat(index.find(STRANGER)).isEqualTo(TrustState.UNKNOWN);
        assertThat(catchAt(T + 13 * HOUR, SENDER, 8).after()).isEqualTo(Tier.SUSPECT);
    }

    @Test
    void newEnvelopeAfterAnAbandonedOne_confirms_onlyIfPrimaryReported() {
        catchAt(T, SENDER, 7);
        assertThat(catchAt(T + 13 * HOUR, SENDER, 8).cause()).isNotEqualTo(TrustCause.CAUGHT_AFTER_ABANDONING);
        reportUntil(T, T + 13 * HOUR);
        catchAt(T, STRANGER, 7);
        assertThat(catchAt(T + 13 * HOUR, STRANGER, 8).after()).isEqualTo(Tier.CONFIRMED);
    }

    @Test
    void confirmed_isRejected_afterItAbandonedADeferral() {
        reportUntil(T, T + 40 * HOUR);
        catchAt(T, SENDER, 7);
        catchAt(T + 13 * HOUR, SENDER, 8);
        assertThat(visitAt(T + 14 * HOUR, SENDER, 20)).isEqualTo(VisitVerdict.DEFER);
        assertThat(visitAt(T + 15 * HOUR, SENDER, 21)).isEqualTo(VisitVerdict.DEFER);
        assertThat(visitAt(T + 27 * HOUR, SENDER, 22)).isEqualTo(VisitVerdict.REJECT);
    }

    @Test
    void visit_whoseAnswerDoesNotDecide_isNoDeferral() {
        catchAt(T, SENDER, 7);
        index.recordVisit(new TrustVisit(SENDER, T + MINUTE, 8, false, VisitResult.ASKED, false), null);
        assertThat(index.find(SENDER).deferred()).isEqualTo(EnvelopeMemory.EMPTY);
    }

    @Test
    void client_listedForItsPoints_isASuspectFromItsFirstVisit() {
        Listing listing = new Listing(Tier.SUSPECT, T, T + HOUR, 0, false);
        TrustVisit visit = new TrustVisit(SENDER, T + MINUTE, 8, false, VisitResult.ASKED, true);
        assertThat(index.recordVisit(visit, listing)).isEqualTo(VisitVerdict.DEFER);
        assertThat(index.find(SENDER).deferred().find(8)).isNotNull();
        assertThat(tierAt(T + HOUR, SENDER)).isEqualTo(Tier.NONE);
    }

    @Test
    void unknownClient_leavesNoState() {
        assertThat(visitAt(T, SENDER, 7)).isEqualTo(VisitVerdict.DUNNO);
        assertThat(index.size()).isZero();
        assertThat(index.takeChanges(10)).isEmpty();
    }

    @Test
    void changes_areTakenOnce_andLoadedAgain() {
        catchAt(T, SENDER, 7);
        catchAt(T, STRANGER, 7);
        List<TrustEntry> changes = index.takeChanges(10);
        assertThat(index.takeChanges(10)).isEmpty();
        TrustIndex loaded = PolicyFixtures.trustIndex(rules, 3);
        changes.forEach(change -> loaded.load(change.origin(), Objects.requireNonNull(change.state())));
        assertThat(loaded.find(SENDER)).isEqualTo(index.find(SENDER));
        assertThat(loaded.takeChanges(10)).isEmpty();
        loaded.recordVisit(new TrustVisit(NEIGHBOR, T + 6 * MINUTE, 7, false, VisitResult.ASKED, true), null);
        assertThat(loaded.find(SENDER).tierAt(T + 6 * MINUTE)).isEqualTo(Tier.CLEARED);
        loaded.restoreChanges(loaded.takeChanges(10));
        assertThat(loaded.takeChanges(10)).extracting(TrustEntry::origin).contains(SENDER, STRANGER, NEIGHBOR);
    }

    @Test
    void fullIndex_forgetsTheLeastRecentlyChanged() {
        catchAt(T, SENDER, 7);
        catchAt(T, NEIGHBOR, 8);
        catchAt(T, STRANGER, 9);
        catchAt(T + MINUTE, SENDER, 10);
        catchAt(T + MINUTE, origin("2001:db8::1"), 11);
        assertThat(index.size()).isEqualTo(3);
        assertThat(index.find(NEIGHBOR)).isEqualTo(TrustState.UNKNOWN);
        assertThat(index.takeChanges(10))
                .filteredOn(change -> change.state() == null)
                .extracting(TrustEntry::origin)
                .containsExactly(NEIGHBOR);
    }

    /** Each in a network of its own. */
    private static IpPrefix sender(int number) {
        return IpPrefix.ofBits(false, (long) number << 16);
    }

    private static void clear(TrustIndex index, int number) {
        CaughtEnvelopes caught =
                new CaughtEnvelopes(T, LongList.of(number), LongList.of(7), List.of("example.org"), false);
        index.recordCatch(sender(number), caught, true, false);
        index.recordVisit(new TrustVisit(sender(number), T + 6 * MINUTE, number, false, VisitResult.ASKED, true), null);
    }

    private static void suspect(TrustIndex index, int number) {
        index.recordCatch(
                sender(number),
                new CaughtEnvelopes(T, LongList.of(number), LongList.of(7), List.of("example.org"), false),
                true,
                false);
    }

    private static List<IpPrefix> senders(int... numbers) {
        return IntStream.of(numbers).mapToObj(TrustIndexTest::sender).toList();
    }

    @Test
    void clearedSenders_stay_ifTheyAreAtMostHalf() {
        TrustIndex even = PolicyFixtures.trustIndex(rules, 4);
        clear(even, 1);
        clear(even, 2);
        suspect(even, 3);
        suspect(even, 4);
        suspect(even, 5);
        assertThat(even.origins()).containsExactlyInAnyOrderElementsOf(senders(1, 2, 4, 5));
        TrustIndex odd = PolicyFixtures.trustIndex(rules, 3);
        clear(odd, 1);
        clear(odd, 2);
        suspect(odd, 3);
        suspect(odd, 4);
        assertThat(odd.origins()).containsExactlyInAnyOrderElementsOf(senders(2, 3, 4));
    }

    @Test
    void sendersDecidedByHand_areForgottenLast_butNotKeptWithoutBounds() {
        for (int i = 1; i <= 3; i++) {
            suspect(index, 10 + i);
            index.decide(sender(i), new ManualDecision(Tier.CONFIRMED, T, T + HOUR, ""));
        }
        assertThat(index.origins()).containsExactlyInAnyOrderElementsOf(senders(1, 2, 3));
        suspect(index, 14);
        assertThat(index.origins()).containsExactlyInAnyOrderElementsOf(senders(1, 2, 3));
        index.decide(sender(4), new ManualDecision(Tier.CONFIRMED, T, T + HOUR, ""));
        assertThat(index.origins()).containsExactlyInAnyOrderElementsOf(senders(2, 3, 4));
    }

    @Test
    void loadedStates_areBounded() {
        suspect(index, 1);
        TrustIndex loaded = PolicyFixtures.trustIndex(rules, 3);
        for (int i = 1; i <= 5; i++) {
            loaded.load(sender(i), index.find(sender(1)));
        }
        assertThat(loaded.origins()).containsExactlyInAnyOrderElementsOf(senders(3, 4, 5));
    }

    @Test
    void oldListings_areTakenOver_whileThereIsRoom() {
        suspect(index, 1);
        TrustState known = index.find(sender(1));
        for (int i = 1; i <= 5; i++) {
            index.addOldListing(sender(i), T - HOUR, T + HOUR, T);
        }
        assertThat(index.origins()).containsExactlyInAnyOrderElementsOf(senders(1, 2, 3));
        assertThat(index.find(sender(1))).isEqualTo(known);
        assertThat(index.find(sender(2)).listing()).isEqualTo(new Listing(Tier.SUSPECT, T - HOUR, T + HOUR, 0, false));
    }

    @Test
    void forgottenSender_holdsNoEnvelope() {
        TrustStates states = new TrustStates(3, new ManualDecisions(), rules);
        states.put(
                SENDER, TrustState.UNKNOWN, TrustState.UNKNOWN.withCaught(EnvelopeMemory.EMPTY.remember(7, T, false)));
        assertThat(states.findHolders(7)).containsExactly(SENDER);
        states.forget(SENDER);
        assertThat(states.findHolders(7)).isEmpty();
    }

    @Test
    void changes_areTakenInSlices() {
        suspect(index, 1);
        suspect(index, 2);
        assertThat(index.takeChanges(1)).hasSize(1);
        assertThat(index.takeChanges(5)).hasSize(1);
    }

    @Test
    void sweep_looksAtSlices_everyTenMinutes() {
        long forgettable = T + 31 * 24 * HOUR;
        suspect(index, 1);
        suspect(index, 2);
        index.sweep(forgettable - 1, forgettable - 1, 10);
        assertThat(index.size()).isEqualTo(2);
        index.sweep(forgettable + 598, forgettable + 598, 10);
        assertThat(index.size()).as("too soon").isEqualTo(2);
        index.sweep(forgettable + 599, forgettable, 1);
        assertThat(index.size()).isEqualTo(1);
        index.sweep(forgettable + 600, forgettable, 1);
        assertThat(index.size()).isZero();
    }

    private static IpPrefix flooding(int number) {
        return new IpPrefix(0x2001_0db8_0000_0000L + number, 1, 128);
    }

    @Test
    void floodOfOneNetwork_pushesOutNobodyElse() {
        TrustIndex small = PolicyFixtures.trustIndex(rules, 100);
        CaughtEnvelopes caught = new CaughtEnvelopes(T, LongList.of(7), LongList.of(7), List.of("example.org"), false);
        for (int i = 0; i < 50; i++) {
            small.recordCatch(IpPrefix.ofBits(false, (long) i << 16), caught, true, false);
        }
        for (int i = 0; i < 1_000; i++) {
            small.recordCatch(flooding(i), caught, true, false);
        }
        for (int i = 0; i < 50; i++) {
            assertThat(small.find(IpPrefix.ofBits(false, (long) i << 16))).isNotEqualTo(TrustState.UNKNOWN);
        }
        assertThat(small.find(flooding(999))).as("the latest of it").isNotEqualTo(TrustState.UNKNOWN);
        assertThat(small.size()).isEqualTo(100);
    }

    @Test
    void clearedSender_staysInAFlood_alsoOfItsOwnNetwork() {
        TrustIndex small = PolicyFixtures.trustIndex(rules, 100);
        CaughtEnvelopes caught = new CaughtEnvelopes(T, LongList.of(7), LongList.of(7), List.of("example.org"), false);
        small.recordCatch(flooding(0), caught, true, false);
        small.recordVisit(new TrustVisit(flooding(0), T + 6 * MINUTE, 7, false, VisitResult.ASKED, true), null);
        for (int i = 1; i < 1_000; i++) {
            small.recordCatch(flooding(i), caught, true, false);
        }
        assertThat(small.find(flooding(0)).tierAt(T + 7 * MINUTE)).isEqualTo(Tier.CLEARED);
        small.sweep(T + 26 * HOUR, T + 26 * HOUR, 1_000);
        for (int i = 1_000; i < 1_200; i++) {
            small.recordCatch(flooding(i), caught, true, false);
        }
        assertThat(small.find(flooding(0))).as("no longer cleared").isEqualTo(TrustState.UNKNOWN);
    }

    /** Otherwise a good sender would have no state any more, and could not prove that it retries. */
    @Test
    void clearedSendersOfOneNetwork_leaveRoomForOthers() {
        TrustIndex small = PolicyFixtures.trustIndex(rules, 100);
        for (int i = 0; i < 500; i++) {
            CaughtEnvelopes caught =
                    new CaughtEnvelopes(T, LongList.of(1_000 + i), LongList.of(7), List.of("example.org"), false);
            small.recordCatch(flooding(i), caught, true, false);
            small.recordVisit(
                    new TrustVisit(flooding(i), T + 6 * MINUTE, 1_000 + i, false, VisitResult.ASKED, true), null);
        }
        CaughtEnvelopes caught = new CaughtEnvelopes(T, LongList.of(7), LongList.of(7), List.of("example.org"), false);
        for (int i = 0; i < 50; i++) {
            small.recordCatch(IpPrefix.ofBits(false, (long) i << 16), caught, true, false);
        }
        for (int i = 0; i < 50; i++) {
            assertThat(small.find(IpPrefix.ofBits(false, (long) i << 16))).isNotEqualTo(TrustState.UNKNOWN);
        }
    }

    @Test
    void stateThatSaysNothingMore_isSwept() {
        catchAt(T, SENDER, 7);
        index.sweep(T + 24 * HOUR, T + 24 * HOUR, 10);
        assertThat(index.size()).isEqualTo(1);
        index.sweep(T + 32 * 24 * HOUR, T + 32 * 24 * HOUR, 10);
        assertThat(index.size()).isZero();
    }

    @Test
    void tierThatEndsByItself_isReportedOnce() {
        catchAt(T, SENDER, 7);
        catchAt(T, NEIGHBOR, 8);
        visitAt(T + 6 * MINUTE, SENDER, 7);
        catchAt(T, STRANGER, 9);
        index.release(STRANGER, T + HOUR);
        log.clear();
        for (long at = T + 23 * HOUR; at < T + 26 * HOUR; at += MINUTE) {
            index.sweep(at, at, 10);
        }
        assertThat(log)
                .containsExactly(
                        "sender 192.0.2.9: tier suspect -> none: expired",
                        "sender 192.0.2.1: tier cleared -> none: expired");
        assertThat(events.tierChangeCount(TrustCause.EXPIRED)).isEqualTo(2);
    }

    @Test
    void constantEnvelope_ofManySenders_isBounded() {
        TrustIndex large = PolicyFixtures.trustIndex(rules, 1_000);
        for (int i = 0; i < 200; i++) {
            large.recordCatch(
                    IpPrefix.ofBits(false, 0x0a000000L + ((long) i << 8)),
                    new CaughtEnvelopes(T, LongList.of(7), LongList.of(7), List.of("example.org"), false),
                    true,
                    false);
        }
        large.takeChanges(1_000);
        large.recordVisit(new TrustVisit(SENDER, T + 6 * MINUTE, 7, false, VisitResult.ASKED, true), null);
        assertThat(large.takeChanges(1_000)).hasSize(32);
    }

    @Test
    void mergedState_ofAnotherKey_hasNoEnvelopes() {
        reportUntil(T, T + 13 * HOUR);
        catchAt(T, SENDER, 7);
        catchAt(T + 13 * HOUR, SENDER, 8);
        TrustState confirmed = index.find(SENDER);
        index.forget(SENDER);
        index.merge(SENDER, confirmed, false, T + 13 * HOUR);
        assertThat(tierAt(T + 13 * HOUR, SENDER)).isEqualTo(Tier.SUSPECT);
        assertThat(index.find(SENDER).caught()).isEqualTo(EnvelopeMemory.EMPTY);
        index.merge(SENDER, confirmed, true, T + 13 * HOUR);
        assertThat(tierAt(T + 13 * HOUR, SENDER)).isEqualTo(Tier.CONFIRMED);
    }

    @Test
    void mergedState_hasTheEnvelopesOfBoth() {
        catchAt(T, SENDER, 7);
        TrustState there = index.find(SENDER);
        index.forget(SENDER);
        catchAt(T + MINUTE, SENDER, 8);
        index.merge(SENDER, there, true, T + HOUR);
        assertThat(index.find(SENDER).caught().entries())
                .extracting(RememberedEnvelope::hash)
                .containsExactly(7L, 8L);
        index.merge(NEIGHBOR, there, true, T + HOUR);
        assertThat(index.find(NEIGHBOR)).isEqualTo(there);
    }

    @Test
    void changeOfTheKey_dropsTheEnvelopesOfAll() {
        catchAt(T, SENDER, 7);
        catchAt(T, STRANGER, 8);
        index.takeChanges(10);
        index.dropEnvelopes(T + HOUR);
        assertThat(index.find(SENDER).caught()).isEqualTo(EnvelopeMemory.EMPTY);
        assertThat(index.find(STRANGER).caught()).isEqualTo(EnvelopeMemory.EMPTY);
        assertThat(tierAt(T + HOUR, SENDER)).isEqualTo(Tier.SUSPECT);
        assertThat(index.takeChanges(10)).hasSize(2);
    }

    @Test
    void sender_forgottenByHand_isReleased() {
        catchAt(T, SENDER, 7);
        index.decide(SENDER, new ManualDecision(Tier.NONE, T + HOUR, 0, ""));
        assertThat(index.find(SENDER)).isEqualTo(TrustState.releasedAt(T + HOUR));
    }

    @Test
    void times_ofTheNamedSenders_areCorrected() {
        catchAt(T + 1_000 * HOUR, SENDER, 7);
        catchAt(T + 1_000 * HOUR, STRANGER, 8);
        index.limitTimes(List.of(SENDER), new TimeLimit(T, TrustSettings.DEFAULTS));
        assertThat(index.find(SENDER).firstCaughtAt()).isEqualTo(T);
        assertThat(index.find(STRANGER).firstCaughtAt()).isEqualTo(T + 1_000 * HOUR);
    }

    @Test
    void confirmedSender_isTakenBack_orItsDeferralDoubted() {
        reportUntil(T, T + 16 * HOUR);
        catchAt(T, SENDER, 7);
        catchAt(T + 14 * HOUR, SENDER, 8);
        assertThat(visitAt(T + 15 * HOUR, SENDER, 20)).isEqualTo(VisitVerdict.DEFER);
        index.recordEndOfMessage(SENDER, T + 15 * HOUR);
        assertThat(index.find(SENDER).deferred().find(20))
                .matches(envelope -> envelope.has(RememberedEnvelope.PERHAPS_REFUSED));
        index.takeBackSince(SENDER, T + 14 * HOUR);
        assertThat(tierAt(T + 15 * HOUR, SENDER)).isEqualTo(Tier.SUSPECT);
    }
}
