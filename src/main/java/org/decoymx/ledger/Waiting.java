package org.decoymx.ledger;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Ending;
import org.jspecify.annotations.Nullable;

/**
 * Tallies that wait to be written. When they cannot be for long, the evidence of the oldest goes first, and then nobody
 * new finds room.
 */
final class Waiting {
    /** Sessions under way whose 451 has been counted; more than connections can be open. */
    private static final int MAX_OPEN = 100_000;

    private static final int MAX_TALLIES = 100_000;
    private static final int MAX_EVIDENCE = 20_000;

    private final Map<Long, Double> counted = new LinkedHashMap<>();
    private final Map<Origin, Tally> tallies = new LinkedHashMap<>();
    private final Map<Origin, Evidence> evidence = new LinkedHashMap<>();
    private volatile int size;

    @Nullable
    Tally find(Origin origin) {
        return tallies.get(origin);
    }

    boolean hasRoomFor(Origin origin) {
        return tallies.size() < MAX_TALLIES || tallies.containsKey(origin);
    }

    /**
     * Puts a tally in the place of the one that waits.
     *
     * @param latest evidence of its latest session, null when there is none newer
     */
    void put(Tally tally, @Nullable Evidence latest) {
        Origin origin = tally.origin();
        tallies.put(origin, tally);
        if (latest != null) {
            evidence.remove(origin);
            evidence.put(origin, latest);
        }
        if (evidence.size() > MAX_EVIDENCE) {
            removeEldest(evidence.keySet());
        }
        size = tallies.size();
    }

    /** Changes every tally, as more has become known. */
    void replaceAll(UnaryOperator<Tally> better) {
        tallies.replaceAll((origin, tally) -> better.apply(tally));
    }

    /** All that waits. */
    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>(tallies.size());
        tallies.forEach((origin, tally) -> entries.add(new Entry(tally, evidence.get(origin))));
        return entries;
    }

    void clear() {
        tallies.clear();
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
    Double counted(Sighting sighting) {
        return counted.get(sighting.session());
    }

    /** Keeps what has been counted of a session, until it ends. */
    void count(Sighting sighting, double points) {
        if (sighting.ending() != Ending.OPEN) {
            counted.remove(sighting.session());
            return;
        }
        counted.put(sighting.session(), points);
        if (counted.size() > MAX_OPEN) {
            removeEldest(counted.keySet());
        }
    }

    private static void removeEldest(Set<?> ordered) {
        var eldest = ordered.iterator();
        eldest.next();
        eldest.remove();
    }
}
