package org.decoymx.ledger;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Tallies that wait to be written. When they cannot be for long, the evidence of the oldest goes first, and then nobody
 * new finds room.
 */
final class PendingWrites {
    /** Sessions under way whose 451 has been counted; more than connections can be open. */
    private static final int MAX_OPEN_SESSIONS = 100_000;

    private static final int MAX_PENDING = 100_000;
    private static final int MAX_EVIDENCE = 20_000;

    private final Map<Long, Double> countedPoints = new LinkedHashMap<>();
    private final Map<Origin, SenderCounts> pending = new LinkedHashMap<>();
    private final Map<Origin, SessionEvidence> evidence = new LinkedHashMap<>();
    private volatile int size;

    @Nullable
    SenderCounts find(Origin origin) {
        return pending.get(origin);
    }

    boolean hasRoomFor(Origin origin) {
        return pending.size() < MAX_PENDING || pending.containsKey(origin);
    }

    /**
     * Puts a tally in the place of the one that waits.
     *
     * @param latest evidence of its latest session, null when there is none newer
     */
    void put(SenderCounts tally, @Nullable SessionEvidence latest) {
        Origin origin = tally.origin();
        pending.put(origin, tally);
        if (latest != null) {
            evidence.remove(origin);
            evidence.put(origin, latest);
        }
        if (evidence.size() > MAX_EVIDENCE) {
            removeOldest(evidence.keySet());
        }
        size = pending.size();
    }

    /** Changes every tally, as more has become known. */
    void replaceAll(UnaryOperator<SenderCounts> better) {
        pending.replaceAll((origin, tally) -> better.apply(tally));
    }

    /** All that waits. */
    List<LedgerRecord> records() {
        List<LedgerRecord> entries = new ArrayList<>(pending.size());
        pending.forEach((origin, tally) -> entries.add(new LedgerRecord(tally, evidence.get(origin))));
        return entries;
    }

    void clear() {
        pending.clear();
        evidence.clear();
        size = 0;
    }

    /** How many tallies wait; any thread. */
    int size() {
        return size;
    }

    /**
     * What has been counted of a session by its earlier sightings: its points, infinitely many when they were waived;
     * null when nothing has been counted.
     */
    @Nullable
    Double countedPoints(Sighting sighting) {
        return countedPoints.get(sighting.sessionNumber());
    }

    /** Keeps what has been counted of a session, until it ends. */
    void rememberPoints(Sighting sighting, double points) {
        if (sighting.outcome() != Outcome.OPEN) {
            countedPoints.remove(sighting.sessionNumber());
            return;
        }
        countedPoints.put(sighting.sessionNumber(), points);
        if (countedPoints.size() > MAX_OPEN_SESSIONS) {
            removeOldest(countedPoints.keySet());
        }
    }

    private static void removeOldest(Set<?> ordered) {
        var eldest = ordered.iterator();
        eldest.next();
        eldest.remove();
    }
}
