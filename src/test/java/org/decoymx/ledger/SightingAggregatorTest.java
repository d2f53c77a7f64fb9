package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.ledger.LedgerFixtures.HERE;
import static org.decoymx.ledger.LedgerFixtures.THERE;
import static org.decoymx.ledger.LedgerFixtures.origin;
import static org.decoymx.ledger.LedgerFixtures.sighting;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How sightings of the same session, and of several, become points: a trait is a point here, and DATA ten. */
class SightingAggregatorTest {
    private final SenderIndex known = new SenderIndex();
    private final PendingWrites waiting = new PendingWrites();
    private @Nullable SkipReason waiver;
    private final SightingAggregator counting = new SightingAggregator(known, waiting, new ScoringPolicy() {
        @Override
        public SessionScore scoreSession(Sighting sighting) {
            return new SessionScore(sighting.traits().size() + (sighting.isQualifyingConversation() ? 10 : 0), waiver);
        }

        @Override
        public SenderScore addPoints(Sender sender, SenderScore own, double points, Instant at) {
            double total =
                    sender.scores().stream().mapToDouble(SenderScore::points).sum();
            return new SenderScore(own.points() + points, at.getEpochSecond(), (int) total, 0, 0, 0);
        }
    });

    private SenderCounts after(Sighting... sightings) {
        List.of(sightings).forEach(sighting -> counting.aggregate(sighting, HERE));
        return Objects.requireNonNull(waiting.find(origin("192.0.2.1")));
    }

    private static Sighting open(long session, Trait... traits) {
        return sighting(session, "192.0.2.1", 0, Verb.DATA, Outcome.OPEN, traits);
    }

    private static Sighting end(long session, Verb deepest, Trait... traits) {
        return sighting(session, "192.0.2.1", 5, deepest, Outcome.LEFT, traits);
    }

    @Test
    void traits_seenAfterTheDeferral_countWithWhatTheyAdd() {
        SenderCounts tally = after(open(1, Trait.EARLY_TALKER), end(1, Verb.DATA, Trait.EARLY_TALKER, Trait.NO_QUIT));
        assertThat(tally.score().points()).isEqualTo(12);
        assertThat(tally.sessions()).isEqualTo(1);
        assertThat(tally.conversations()).isEqualTo(1);
    }

    @Test
    void session_thatShowsNothingNew_addsNothing() {
        assertThat(after(open(1), end(1, Verb.DATA)).score().points()).isEqualTo(10);
    }

    @Test
    void sessions_ofOneSender_addUp() {
        SenderCounts tally =
                after(open(1), open(2), end(1, Verb.DATA), end(2, Verb.DATA, Trait.NO_QUIT), end(3, Verb.EHLO));
        assertThat(tally.score().points()).isEqualTo(21);
        assertThat(tally.sessions()).isEqualTo(3);
    }

    @Test
    void session_numberedAlike_afterItsEnd_isAnother() {
        assertThat(after(end(1, Verb.DATA), end(1, Verb.DATA)).score().points()).isEqualTo(20);
    }

    @Test
    void session_waived_addsNothing_evenWhenTheWaiverEndsBeforeIt() {
        waiver = SkipReason.OUTAGE;
        after(open(1));
        waiver = null;
        SenderCounts tally = after(end(1, Verb.DATA, Trait.NO_QUIT));
        assertThat(tally.score()).isEqualTo(SenderScore.NONE);
        assertThat(tally.skipReasons()).isEqualTo(EnumBitSet.SKIP_REASONS.toBits(Set.of(SkipReason.OUTAGE)));
        assertThat(tally.sessions()).isEqualTo(1);
    }

    @Test
    void session_waivedOnlyAtItsEnd_keepsWhatItHas() {
        after(open(1));
        waiver = SkipReason.WITNESSED;
        SenderCounts tally = after(end(1, Verb.DATA, Trait.NO_QUIT));
        assertThat(tally.score().points()).isEqualTo(10);
        assertThat(tally.skipReasons()).isZero();
    }

    @Test
    void session_thatIsClean_isNotWaived() {
        waiver = SkipReason.EXEMPT;
        assertThat(after(end(1, Verb.EHLO)).skipReasons()).isZero();
    }

    @Test
    void score_isGivenWhatAllNodesKnow() {
        known.update(List.of(new LedgerRecord(LedgerFixtures.counts(THERE, "192.0.2.1", 0, 1, 9), null)));
        assertThat(after(open(1)).score().offences()).isEqualTo(10);
        assertThat(after(open(2)).score().offences()).isEqualTo(20);
    }

    @Test
    void pardon_takesPointsAndTime_andKeepsTheCounts() {
        after(open(1, Trait.EARLY_TALKER));
        counting.delist(origin("192.0.2.1"), HERE);
        SenderCounts tally = Objects.requireNonNull(waiting.find(origin("192.0.2.1")));
        assertThat(tally.score()).isEqualTo(SenderScore.NONE);
        assertThat(tally.sessions()).isEqualTo(1);
        counting.delist(origin("192.0.2.2"), HERE);
        assertThat(waiting.find(origin("192.0.2.2"))).isNull();
    }
}
