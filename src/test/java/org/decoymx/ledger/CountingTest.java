package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.ledger.Tallied.HERE;
import static org.decoymx.ledger.Tallied.THERE;
import static org.decoymx.ledger.Tallied.origin;
import static org.decoymx.ledger.Tallied.sighting;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Ending;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How sightings of the same session, and of several, become points: a trait is a point here, and DATA ten. */
class CountingTest {
    private final Known known = new Known();
    private final Waiting waiting = new Waiting();
    private @Nullable Waiver waiver;
    private final Counting counting = new Counting(known, waiting, new Scoring() {
        @Override
        public Worth weigh(Sighting sighting) {
            return new Worth(sighting.traits().size() + (sighting.isCaught() ? 10 : 0), waiver);
        }

        @Override
        public Score add(Sender sender, Score own, double points, Instant at) {
            double total = sender.scores().stream().mapToDouble(Score::points).sum();
            return new Score(own.points() + points, at.getEpochSecond(), (int) total, 0, 0, 0);
        }
    });

    private Tally after(Sighting... sightings) {
        List.of(sightings).forEach(sighting -> counting.count(sighting, HERE));
        return Objects.requireNonNull(waiting.find(origin("192.0.2.1")));
    }

    private static Sighting open(long session, Trait... traits) {
        return sighting(session, "192.0.2.1", 0, Verb.DATA, Ending.OPEN, traits);
    }

    private static Sighting end(long session, Verb deepest, Trait... traits) {
        return sighting(session, "192.0.2.1", 5, deepest, Ending.LEFT, traits);
    }

    @Test
    void traits_seenAfterTheDeferral_countWithWhatTheyAdd() {
        Tally tally = after(open(1, Trait.EARLY_TALKER), end(1, Verb.DATA, Trait.EARLY_TALKER, Trait.NO_QUIT));
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
        Tally tally = after(open(1), open(2), end(1, Verb.DATA), end(2, Verb.DATA, Trait.NO_QUIT), end(3, Verb.EHLO));
        assertThat(tally.score().points()).isEqualTo(21);
        assertThat(tally.sessions()).isEqualTo(3);
    }

    @Test
    void session_numberedAlike_afterItsEnd_isAnother() {
        assertThat(after(end(1, Verb.DATA), end(1, Verb.DATA)).score().points()).isEqualTo(20);
    }

    @Test
    void session_waived_addsNothing_evenWhenTheWaiverEndsBeforeIt() {
        waiver = Waiver.OUTAGE;
        after(open(1));
        waiver = null;
        Tally tally = after(end(1, Verb.DATA, Trait.NO_QUIT));
        assertThat(tally.score()).isEqualTo(Score.NONE);
        assertThat(tally.waivers()).isEqualTo(Bits.WAIVERS.of(Set.of(Waiver.OUTAGE)));
        assertThat(tally.sessions()).isEqualTo(1);
    }

    @Test
    void session_waivedOnlyAtItsEnd_keepsWhatItHas() {
        after(open(1));
        waiver = Waiver.WITNESSED;
        Tally tally = after(end(1, Verb.DATA, Trait.NO_QUIT));
        assertThat(tally.score().points()).isEqualTo(10);
        assertThat(tally.waivers()).isZero();
    }

    @Test
    void session_thatIsClean_isNotWaived() {
        waiver = Waiver.EXEMPT;
        assertThat(after(end(1, Verb.EHLO)).waivers()).isZero();
    }

    @Test
    void score_isGivenWhatAllNodesKnow() {
        known.put(List.of(new Entry(Tallied.tally(THERE, "192.0.2.1", 0, 1, 9), null)));
        assertThat(after(open(1)).score().offences()).isEqualTo(10);
        assertThat(after(open(2)).score().offences()).isEqualTo(20);
    }

    @Test
    void pardon_takesPointsAndTime_andKeepsTheCounts() {
        after(open(1, Trait.EARLY_TALKER));
        counting.pardon(origin("192.0.2.1"), HERE);
        Tally tally = Objects.requireNonNull(waiting.find(origin("192.0.2.1")));
        assertThat(tally.score()).isEqualTo(Score.NONE);
        assertThat(tally.sessions()).isEqualTo(1);
        counting.pardon(origin("192.0.2.2"), HERE);
        assertThat(waiting.find(origin("192.0.2.2"))).isNull();
    }
}
