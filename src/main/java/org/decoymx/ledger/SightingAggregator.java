package org.decoymx.ledger;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.sighting.Sighting;
import org.jspecify.annotations.Nullable;

/** Folds sightings into tallies that wait to be written. One thread at a time. */
final class SightingAggregator {
    private static final double SKIPPED = Double.POSITIVE_INFINITY;

    private final SenderIndex index;
    private final PendingWrites pendingWrites;
    private final ScoringPolicy scoring;
    private final LongAdder lost = new LongAdder();

    SightingAggregator(SenderIndex known, PendingWrites waiting, ScoringPolicy scoring) {
        this.index = known;
        this.pendingWrites = waiting;
        this.scoring = scoring;
    }

    /**
     * Counts a sighting. A later one of a session that has been counted adds what is new in it: traits, and the points by
     * which the session weighs more than before. Of a session whose points were waived nothing ever counts.
     *
     * @param own who counts
     */
    void aggregate(Sighting sighting, Node own) {
        Origin origin = Origin.of(sighting.address());
        if (!pendingWrites.hasRoomFor(origin)) {
            lost.increment();
            return;
        }
        SessionScore worth = scoring.scoreSession(sighting);
        Double before = pendingWrites.countedPoints(sighting);
        double counted = before == null ? 0 : before;
        SenderCounts latest = currentOrEmpty(origin, sighting, own);
        SenderCounts tally = before == null ? latest.addSession(sighting) : latest.updateSession(sighting);
        SkipReason waiver = worth.skipReason();
        if (worth.points() > counted && waiver == null) {
            SenderScore score =
                    scoring.addPoints(combineWith(latest), latest.score(), worth.points() - counted, sighting.seenAt());
            tally = tally.with(score);
            counted = worth.points();
        } else if (worth.points() > counted && waiver != null && counted == 0) {
            tally = tally.with(waiver);
            counted = SKIPPED;
        }
        pendingWrites.rememberPoints(sighting, counted);
        pendingWrites.put(tally, SessionEvidence.of(sighting));
    }

    private SenderCounts currentOrEmpty(Origin origin, Sighting sighting, Node own) {
        SenderCounts before = find(origin, own);
        return before == null ? SenderCounts.empty(own, origin, sighting) : before;
    }

    private @Nullable SenderCounts find(Origin origin, Node own) {
        SenderCounts waits = pendingWrites.find(origin);
        return waits == null ? index.find(own, origin) : waits;
    }

    /** What all nodes know of a sender, with our own part as it is by now. */
    private Sender combineWith(SenderCounts own) {
        List<SenderCounts> tallies = index.findAll(own.origin());
        tallies.removeIf(tally -> tally.node().equals(own.node()));
        tallies.add(own);
        return Sender.combine(tallies);
    }

    /** Takes its points and its time on the list from a sender, as far as we gave them. */
    void delist(Origin origin, Node own) {
        SenderCounts tally = find(origin, own);
        if (tally != null && pendingWrites.hasRoomFor(origin)) {
            pendingWrites.put(tally.with(SenderScore.NONE), null);
        }
    }

    /** Sightings that found no room, as the file could not be used for too long. */
    long lostCount() {
        return lost.sum();
    }
}
