package org.decoymx.ledger;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.sighting.Sighting;
import org.jspecify.annotations.Nullable;

/** Folds sightings into tallies that wait to be written. One thread at a time. */
final class Counting {
    private static final double WAIVED = Double.POSITIVE_INFINITY;

    private final Known known;
    private final Waiting waiting;
    private final Scoring scoring;
    private final LongAdder lost = new LongAdder();

    Counting(Known known, Waiting waiting, Scoring scoring) {
        this.known = known;
        this.waiting = waiting;
        this.scoring = scoring;
    }

    /**
     * Counts a sighting. A later one of a session that has been counted adds what is new in it: traits, and the points by
     * which the session weighs more than before. Of a session whose points were waived nothing ever counts.
     *
     * @param own who counts
     */
    void count(Sighting sighting, Node own) {
        Origin origin = Origin.of(sighting.address());
        if (!waiting.hasRoomFor(origin)) {
            lost.increment();
            return;
        }
        Worth worth = scoring.weigh(sighting);
        Double before = waiting.counted(sighting);
        double counted = before == null ? 0 : before;
        Tally latest = latest(origin, sighting, own);
        Tally tally = before == null ? latest.withSession(sighting) : latest.withMoreOf(sighting);
        Waiver waiver = worth.waiver();
        if (worth.points() > counted && waiver == null) {
            Score score = scoring.add(sender(latest), latest.score(), worth.points() - counted, sighting.at());
            tally = tally.with(score);
            counted = worth.points();
        } else if (worth.points() > counted && waiver != null && counted == 0) {
            tally = tally.with(waiver);
            counted = WAIVED;
        }
        waiting.count(sighting, counted);
        waiting.put(tally, Evidence.of(sighting));
    }

    private Tally latest(Origin origin, Sighting sighting, Node own) {
        Tally before = find(origin, own);
        return before == null ? Tally.none(own, origin, sighting) : before;
    }

    private @Nullable Tally find(Origin origin, Node own) {
        Tally waits = waiting.find(origin);
        return waits == null ? known.find(own, origin) : waits;
    }

    /** What all nodes know of a sender, with our own part as it is by now. */
    private Sender sender(Tally own) {
        List<Tally> tallies = known.all(own.origin());
        tallies.removeIf(tally -> tally.node().equals(own.node()));
        tallies.add(own);
        return Sender.of(tallies);
    }

    /** Takes its points and its time on the list from a sender, as far as we gave them. */
    void pardon(Origin origin, Node own) {
        Tally tally = find(origin, own);
        if (tally != null && waiting.hasRoomFor(origin)) {
            waiting.put(tally.with(Score.NONE), null);
        }
    }

    /** Sightings that found no room, as the file could not be used for too long. */
    long lost() {
        return lost.sum();
    }
}
