package org.decoymx.ledger;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.net.IpPrefix;
import org.decoymx.sighting.Sighting;
import org.jspecify.annotations.Nullable;

/** Aggregates sightings into {@link PendingWrites}. Not thread-safe. */
final class SightingAggregator {
    private static final double SKIPPED = Double.POSITIVE_INFINITY;

    private final SenderIndex index;
    private final PendingWrites pendingWrites;
    private final ScoringPolicy scoring;
    private final LongAdder lost = new LongAdder();

    SightingAggregator(SenderIndex index, PendingWrites pendingWrites, ScoringPolicy scoring) {
        this.index = index;
        this.pendingWrites = pendingWrites;
        this.scoring = scoring;
    }

    /**
     * Adds a sighting. A later sighting of the same session adds only what is new: its traits, and the difference of
     * the points. A session that was skipped once is not scored later.
     *
     * @param ownNode the node of this decoy
     */
    void aggregate(Sighting sighting, Node ownNode) {
        IpPrefix origin = IpPrefix.hostNetworkOf(sighting.address());
        if (!pendingWrites.hasRoomFor(origin)) {
            lost.increment();
            return;
        }
        SessionScore sessionScore = scoring.scoreSession(sighting);
        Double before = pendingWrites.scoredPoints(sighting);
        double scored = before == null ? 0 : before;
        SenderCounts latest = currentOrEmpty(origin, sighting, ownNode);
        SenderCounts counts = before == null ? latest.addSession(sighting) : latest.updateSession(sighting);
        SkipReason skipReason = sessionScore.skipReason();
        if (sessionScore.points() > scored && skipReason == null) {
            SenderScore score = scoring.addPoints(
                    combineWith(latest), latest.score(), sessionScore.points() - scored, sighting.seenAt());
            counts = counts.withScore(score);
            scored = sessionScore.points();
        } else if (sessionScore.points() > scored && skipReason != null && scored == 0) {
            counts = counts.addSkipReason(skipReason);
            scored = SKIPPED;
        }
        pendingWrites.rememberPoints(sighting, scored);
        pendingWrites.put(counts, SessionEvidence.of(sighting));
    }

    private SenderCounts currentOrEmpty(IpPrefix origin, Sighting sighting, Node ownNode) {
        SenderCounts before = find(origin, ownNode);
        return before == null ? SenderCounts.empty(ownNode, origin, sighting) : before;
    }

    private @Nullable SenderCounts find(IpPrefix origin, Node ownNode) {
        SenderCounts pending = pendingWrites.find(origin);
        return pending == null ? index.findCounts(ownNode, origin) : pending;
    }

    /** Combines the committed counts of the other nodes with the current counts of this node. */
    private Sender combineWith(SenderCounts ownCounts) {
        List<SenderCounts> countsOfNodes = index.findAll(ownCounts.origin());
        countsOfNodes.removeIf(counts -> counts.node().equals(ownCounts.node()));
        countsOfNodes.add(ownCounts);
        return Sender.combine(countsOfNodes);
    }

    /** Delists a sender and removes its points; the scores of other nodes stay. */
    void delist(IpPrefix origin, Node ownNode) {
        SenderCounts counts = find(origin, ownNode);
        if (counts != null && pendingWrites.hasRoomFor(origin)) {
            pendingWrites.put(counts.withScore(SenderScore.NONE), null);
        }
    }

    /** Number of sightings that were dropped because the file could not be used for too long. */
    long lostCount() {
        return lost.sum();
    }
}
