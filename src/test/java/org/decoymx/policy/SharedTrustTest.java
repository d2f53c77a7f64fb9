package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import it.unimi.dsi.fastutil.longs.LongList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.TrustIndex.TrustEntry;
import org.decoymx.sighting.CaughtEnvelopes;
import org.junit.jupiter.api.Test;

/** What happens to a sender at one node while another node knows something else. */
class SharedTrustTest {
    private static final long T = 1_800_000_000;
    private static final long MINUTE = 60;
    private static final long HOUR = 3_600;
    private static final long DAY = 24 * HOUR;
    private static final IpPrefix SENDER = IpText.parseHostNetwork("192.0.2.1").orElseThrow();

    private final TrustIndex east = node();
    private final TrustIndex west = node();

    private static TrustIndex node() {
        TrustIndex index = PolicyFixtures.trustIndex(new TrustRules(TrustSettings.DEFAULTS), 100);
        for (long at = T; at <= T + 40 * HOUR; at += MINUTE) {
            index.reports().recordReport(at, List.of());
        }
        return index;
    }

    private static void catchAt(TrustIndex node, long at, long envelope) {
        catchAt(node, at, envelope, false);
    }

    private static void catchAt(TrustIndex node, long at, long envelope, boolean suspectOnly) {
        node.recordCatch(
                SENDER,
                new CaughtEnvelopes(at, LongList.of(envelope), LongList.of(envelope), List.of("example.org"), false),
                true,
                suspectOnly);
    }

    private static VisitVerdict visitAt(TrustIndex node, long at, long envelope) {
        return node.recordVisit(new TrustVisit(SENDER, at, envelope, false, VisitResult.ASKED, true), null);
    }

    private static Tier tierAt(TrustIndex node, long at) {
        return node.find(SENDER).tierAt(at);
    }

    private void exchange() {
        send("east", east, west);
        send("west", west, east);
        send("east", east, west);
    }

    private static void send(String name, TrustIndex from, TrustIndex to) {
        to.putRemote(name, SENDER, from.own(SENDER));
    }

    @Test
    void retry_atThePrimaryOfAnotherNode_isAnsweredAtOnce_andClearsAtAll() {
        catchAt(east, T, 7);
        exchange();
        assertThat(tierAt(west, T)).isEqualTo(Tier.SUSPECT);
        assertThat(visitAt(west, T + MINUTE, 8)).isEqualTo(VisitVerdict.DEFER);
        assertThat(visitAt(west, T + 6 * MINUTE, 7)).isEqualTo(VisitVerdict.DUNNO);
        exchange();
        assertThat(tierAt(east, T + 6 * MINUTE)).isEqualTo(Tier.CLEARED);
        assertThat(east.own(SENDER).listing().tier()).isEqualTo(Tier.NONE);
    }

    @Test
    void catch_beforeTheRetryAtAnotherNodeIsKnown_isHarmless() {
        catchAt(east, T, 7);
        exchange();
        visitAt(west, T + 6 * MINUTE, 7);
        catchAt(east, T + 14 * HOUR, 8);
        assertThat(tierAt(east, T + 14 * HOUR)).isEqualTo(Tier.CONFIRMED);
        exchange();
        for (TrustIndex node : List.of(east, west)) {
            assertThat(tierAt(node, T + 14 * HOUR)).isEqualTo(Tier.CLEARED);
            assertThat(node.find(SENDER).listing().tier()).isEqualTo(Tier.NONE);
        }
    }

    /** A real MX that no node knows reports to west; east hears nothing of it for hours. */
    private static TrustIndex nodeThatHearsOthers(long... gap) {
        TrustIndex index = node();
        index.reports().startSharing();
        for (long at = T; at <= T + 40 * HOUR; at += MINUTE) {
            if (gap.length == 0 || at < gap[0] || at > gap[1]) {
                index.reports().recordShared(at);
            }
        }
        return index;
    }

    @Test
    void retry_whileTheNodesAreCutOff_isNoSignAgainstTheSender() {
        TrustIndex cutOff = nodeThatHearsOthers(T + HOUR, T + 27 * HOUR);
        catchAt(cutOff, T, 7);
        send("east", cutOff, west);
        visitAt(west, T + 2 * HOUR, 7);
        assertThat(tierAt(west, T + 2 * HOUR)).isEqualTo(Tier.CLEARED);
        catchAt(cutOff, T + 14 * HOUR, 8);
        assertThat(tierAt(cutOff, T + 14 * HOUR)).isEqualTo(Tier.SUSPECT);
        assertThat(visitAt(cutOff, T + 14 * HOUR, 9)).isEqualTo(VisitVerdict.DEFER);
        catchAt(cutOff, T + 28 * HOUR, 10);
        assertThat(tierAt(cutOff, T + 28 * HOUR)).isEqualTo(Tier.SUSPECT);
        assertThat(visitAt(cutOff, T + 28 * HOUR, 11)).isEqualTo(VisitVerdict.DEFER);
    }

    @Test
    void spammer_whileTheNodesHearEachOther_isConfirmed() {
        TrustIndex hearing = nodeThatHearsOthers();
        catchAt(hearing, T, 7);
        catchAt(hearing, T + 14 * HOUR, 8);
        assertThat(tierAt(hearing, T + 14 * HOUR)).isEqualTo(Tier.CONFIRMED);
        assertThat(visitAt(hearing, T + 15 * HOUR, 9)).isEqualTo(VisitVerdict.DEFER);
        assertThat(visitAt(hearing, T + 28 * HOUR, 10)).isEqualTo(VisitVerdict.REJECT);
    }

    @Test
    void sameEnvelope_atTwoNodesThatDoNotKnowOfEachOther_showsAQueue() {
        catchAt(east, T, 7);
        catchAt(west, T + 20 * MINUTE, 7);
        exchange();
        for (TrustIndex node : List.of(east, west)) {
            assertThat(node.find(SENDER).proof().queueUntil()).isGreaterThan(T + 30 * DAY);
            catchAt(node, T + 14 * HOUR, 8);
            assertThat(tierAt(node, T + 14 * HOUR)).isEqualTo(Tier.SUSPECT);
        }
    }

    @Test
    void envelope_thatOnlyAnotherNodePutOff_isAbandonedForNobodyHere() {
        catchAt(east, T, 7);
        exchange();
        catchAt(west, T + 14 * HOUR, 8);
        assertThat(tierAt(west, T + 14 * HOUR)).isEqualTo(Tier.SUSPECT);
        exchange();
        catchAt(east, T + 15 * HOUR, 9);
        exchange();
        assertThat(tierAt(west, T + 15 * HOUR)).isEqualTo(Tier.CONFIRMED);
    }

    @Test
    void catchTakenBack_endsAtAll_alsoWhereItWasCopied() {
        catchAt(east, T, 7);
        exchange();
        catchAt(west, T + MINUTE, 8);
        visitAt(west, T + 2 * MINUTE, 9);
        exchange();
        assertThat(east.excuse(SENDER, T)).isTrue();
        exchange();
        for (TrustIndex node : List.of(east, west)) {
            assertThat(tierAt(node, T + 2 * MINUTE)).isEqualTo(Tier.NONE);
        }
    }

    @Test
    void releaseInTheSecondOfACatch_wins() {
        catchAt(east, T, 7);
        exchange();
        catchAt(west, T + HOUR, 8);
        east.release(SENDER, T + HOUR);
        exchange();
        for (TrustIndex node : List.of(east, west)) {
            assertThat(tierAt(node, T + HOUR)).isEqualTo(Tier.NONE);
            assertThat(node.find(SENDER).isUncaught()).isTrue();
        }
        catchAt(west, T + 2 * HOUR, 9);
        exchange();
        assertThat(tierAt(east, T + 2 * HOUR)).isEqualTo(Tier.SUSPECT);
    }

    @Test
    void forgettingByHand_coversWhatANodeSaysThatIsGone_butNothingLater() {
        catchAt(west, T, 7);
        catchAt(west, T + 14 * HOUR, 8);
        send("west", west, east);
        assertThat(tierAt(east, T + 14 * HOUR)).isEqualTo(Tier.CONFIRMED);
        ManualDecision forget = new ManualDecision(Tier.NONE, T + 14 * HOUR, 0, "", "east");
        east.decide(SENDER, forget);
        assertThat(tierAt(east, T + 14 * HOUR)).isEqualTo(Tier.NONE);
        assertThat(east.find(SENDER).caught().entries()).isEmpty();
        catchAt(west, T + 15 * HOUR, 9);
        visitAt(west, T + 16 * HOUR, 9);
        long clearedUntil = west.own(SENDER).proof().queueUntil();
        west.decide(SENDER, forget);
        assertThat(west.own(SENDER).proof().queueUntil()).isEqualTo(clearedUntil);
    }

    @Test
    void tierByHand_holdsUntilItsEnd_andThenWhatFollowedIt() {
        catchAt(west, T, 7);
        exchange();
        east.decide(SENDER, new ManualDecision(Tier.CONFIRMED, T + 1, T + HOUR, "", "east"));
        send("east", east, west);
        assertThat(tierAt(west, T + 1)).isEqualTo(Tier.CONFIRMED);
        catchAt(west, T + 2 * HOUR, 8);
        send("west", west, east);
        assertThat(tierAt(east, T + 2 * HOUR)).isEqualTo(Tier.SUSPECT);
    }

    @Test
    void tierByHand_thatComesAfterItsEnd_leavesWhatBeganSince() {
        ManualDecision made = new ManualDecision(Tier.CLEARED, T, T + HOUR, "", "west");
        west.decide(SENDER, made);
        catchAt(east, T + HOUR, 7);
        east.decide(SENDER, made);
        exchange();
        assertThat(tierAt(east, T + 2 * HOUR)).isEqualTo(Tier.SUSPECT);
        assertThat(east.own(SENDER).listing()).isEqualTo(new Listing(Tier.SUSPECT, T + HOUR, T + 25 * HOUR, 0, false));
        assertThat(west.find(SENDER).listing()).isEqualTo(east.find(SENDER).listing());
    }

    @Test
    void tierByHand_thatComesAfterItsEnd_endsWhatBeganBefore() {
        ManualDecision made = new ManualDecision(Tier.CLEARED, T, T + HOUR, "", "west");
        west.decide(SENDER, made);
        catchAt(east, T + HOUR - 1, 7);
        east.decide(SENDER, made);
        exchange();
        assertThat(tierAt(east, T + 2 * HOUR)).isEqualTo(Tier.NONE);
        assertThat(west.find(SENDER).listing()).isEqualTo(east.find(SENDER).listing());
    }

    @Test
    void tierByHand_isOneOnlyWhereTheDecisionIsKnown() {
        ManualDecision made = new ManualDecision(Tier.CONFIRMED, T, T + HOUR, "", "east");
        east.decide(SENDER, made);
        send("east", east, west);
        assertThat(west.find(SENDER).listing()).isEqualTo(new Listing(Tier.CONFIRMED, T, T + HOUR, 0, false));
        west.decide(SENDER, made);
        assertThat(west.find(SENDER).listing()).isEqualTo(new Listing(Tier.CONFIRMED, T, T + HOUR, 0, true));
        assertThat(west.find(SENDER)).isEqualTo(east.find(SENDER));

        TrustIndex south = node();
        catchAt(south, T - 1, 7);
        south.putRemote("east", SENDER, cleared());
        assertThat(south.find(SENDER).tierAt(T)).isEqualTo(Tier.SUSPECT);
    }

    private static TrustState cleared() {
        return TrustState.UNKNOWN.withListing(new Listing(Tier.CLEARED, T, T + 3_650 * DAY, 0, true));
    }

    @Test
    void stateOfAnotherNode_isNotWritten_andForgettingItLeavesTheOwnOne() {
        catchAt(west, T, 7);
        send("west", west, east);
        assertThat(east.takeChanges(10)).isEmpty();
        assertThat(east.size()).isZero();
        catchAt(east, T + MINUTE, 8);
        assertThat(east.takeChanges(10)).containsExactly(new TrustEntry(SENDER, east.own(SENDER)));
        assertThat(east.find(SENDER).firstCaughtAt()).isEqualTo(T);
        east.putRemote("west", SENDER, null);
        assertThat(east.find(SENDER)).isEqualTo(east.own(SENDER));
    }

    @Test
    void thresholdReachedOnlyInSum_listsAsASuspect_once() {
        east.recordThreshold(SENDER, T);
        west.recordThreshold(SENDER, T);
        assertThat(east.own(SENDER)).isEqualTo(west.own(SENDER));
        assertThat(east.own(SENDER).firstCaughtAt()).isEqualTo(T);
        assertThat(east.own(SENDER).listing()).isEqualTo(new Listing(Tier.SUSPECT, T, T + DAY, 0, false));
        TrustState before = east.own(SENDER);
        east.recordThreshold(SENDER, T + MINUTE);
        assertThat(east.own(SENDER).listing()).isEqualTo(before.listing());
    }

    @Test
    void whatOnlyOneNodeKnows_isKept_besideWhatManyKnow() {
        TrustIndex reader = PolicyFixtures.trustIndex(new TrustRules(TrustSettings.DEFAULTS), 1_000);
        catchAt(east, T, 7);
        east.release(SENDER, T + MINUTE);
        catchAt(west, T + HOUR, 8);
        reader.putRemote("west", SENDER, west.own(SENDER));
        for (int i = 0; i <= RemoteTrust.MAX_NODES; i++) {
            reader.putRemote("mx" + i, SENDER, east.own(SENDER));
        }
        assertThat(tierAt(reader, T + HOUR)).isEqualTo(Tier.SUSPECT);
    }

    @Test
    void tooManyStates_areForgottenBySender_andSuchASenderIsASuspectAtMost() {
        catchAt(west, T, 7);
        catchAt(west, T + 14 * HOUR, 8);
        TrustState confirmed = west.own(SENDER);
        List<IpPrefix> senders = new ArrayList<>();
        for (long i = 0; i < 200; i++) {
            IpPrefix sender = IpPrefix.ofBits(false, i << 16);
            senders.add(sender);
            east.putRemote("west", sender, confirmed);
            east.putRemote("north", sender, confirmed);
        }
        Map<Tier, Long> tiers = senders.stream()
                .collect(Collectors.groupingBy(
                        sender -> east.find(sender).tierAt(T + 14 * HOUR), Collectors.counting()));
        assertThat(tiers.get(Tier.CONFIRMED)).isEqualTo(50);
        assertThat(tiers.get(Tier.NONE)).isEqualTo(150);
        IpPrefix forgotten = senders.get(0);
        east.putRemote("west", forgotten, confirmed);
        assertThat(east.find(forgotten).tierAt(T + 14 * HOUR)).isEqualTo(Tier.SUSPECT);
        sweep(east, T + 14 * HOUR);
        sweep(east, T + 38 * HOUR - 10 * MINUTE);
        assertThat(east.find(forgotten).tierAt(T + 14 * HOUR)).isEqualTo(Tier.SUSPECT);
        sweep(east, T + 38 * HOUR);
        assertThat(east.find(forgotten).tierAt(T + 14 * HOUR)).isEqualTo(Tier.CONFIRMED);
    }

    private static void sweep(TrustIndex node, long at) {
        node.sweep(at, at, 1_000);
    }

    /** What other nodes know of {@link #SENDER} is forgotten, which is confirmed here. */
    private void confirmedWithDoubt(TrustState elsewhere) {
        east.putRemote("north", SENDER, elsewhere);
        for (long i = 1; i <= 200; i++) {
            east.putRemote("north", IpPrefix.ofBits(false, i << 16), elsewhere);
        }
        catchAt(east, T, 7);
        catchAt(east, T + 14 * HOUR, 8);
        assertThat(east.own(SENDER).listing().tier()).isEqualTo(Tier.CONFIRMED);
        assertThat(tierAt(east, T + 14 * HOUR)).isEqualTo(Tier.SUSPECT);
    }

    @Test
    void catchAndVisit_ofASuspectInDoubt_leaveItConfirmed() {
        confirmedWithDoubt(suspectElsewhere());
        catchAt(east, T + 15 * HOUR, 9, true);
        assertThat(east.own(SENDER).listing().tier()).isEqualTo(Tier.CONFIRMED);
        assertThat(visitAt(east, T + 16 * HOUR, 10)).isEqualTo(VisitVerdict.DEFER);
        assertThat(east.own(SENDER).listing().tier()).isEqualTo(Tier.CONFIRMED);
        assertThat(visitAt(east, T + 30 * HOUR, 11))
                .as("it abandoned a deferral")
                .isEqualTo(VisitVerdict.DEFER);
        sweep(east, T + 30 * HOUR);
        sweep(east, T + 54 * HOUR);
        assertThat(tierAt(east, T + 30 * HOUR)).isEqualTo(Tier.CONFIRMED);
    }

    @Test
    void returnOfASuspectInDoubt_demotesIt_forLongerThanTheDoubt() {
        confirmedWithDoubt(suspectElsewhere());
        visitAt(east, T + 15 * HOUR, 9);
        visitAt(east, T + 15 * HOUR + 10 * MINUTE, 9);
        assertThat(east.own(SENDER).listing().tier()).isEqualTo(Tier.SUSPECT);
    }

    @Test
    void senderForWhichANodeSpoke_isASuspectAtMost_forAsLongAsItWasCleared() {
        catchAt(west, T - DAY, 7);
        visitAt(west, T - DAY + 6 * MINUTE, 7);
        confirmedWithDoubt(west.own(SENDER));
        sweep(east, T + 15 * HOUR);
        sweep(east, T + 39 * HOUR);
        assertThat(tierAt(east, T + 15 * HOUR)).isEqualTo(Tier.SUSPECT);
    }

    private TrustState suspectElsewhere() {
        TrustIndex north = node();
        catchAt(north, T - HOUR, 6);
        return north.own(SENDER);
    }
}
