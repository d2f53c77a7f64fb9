package org.decoymx.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.SightingScore;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Counts that are not committed yet. If the database cannot be written for long, the oldest evidence is evicted first;
 * when the limit is reached, sightings of further senders are dropped.
 */
final class PendingWrites {
    /** Open sessions that have been scored at their 451 reply; more than connections can be open. */
    private static final int MAX_OPEN_SESSIONS = 100_000;

    private static final int MAX_PENDING = 100_000;
    private static final int MAX_EVIDENCE = 20_000;

    private final Map<Long, OpenSession> openSessions = new LinkedHashMap<>();

    /** The refused transactions of those open sessions that list nobody yet. */
    private final Map<Long, List<CaughtEnvelopes>> caughtBelowThreshold = new LinkedHashMap<>();

    private final Map<IpPrefix, SenderCounts> pending = new LinkedHashMap<>();
    private final Map<IpPrefix, SessionEvidence> evidence = new LinkedHashMap<>();

    /** The addresses of each IPv6 /64. */
    private final Map<IpPrefix, Set<IpPrefix>> v6Addresses = new HashMap<>();

    private volatile int size;

    /** A session that has not ended, with its points so far. */
    private record OpenSession(IpPrefix origin, double points) {}

    @Nullable
    SenderCounts find(IpPrefix origin) {
        return pending.get(origin);
    }

    boolean hasRoomFor(IpPrefix origin) {
        return pending.size() < MAX_PENDING || pending.containsKey(origin);
    }

    /**
     * Adds or replaces the counts of a sender.
     *
     * @param latest evidence of the latest session; null to keep the present evidence
     */
    void put(SenderCounts counts, @Nullable SessionEvidence latest) {
        IpPrefix origin = counts.origin();
        if (pending.put(origin, counts) == null && origin.v6() && origin.isAddress()) {
            v6Addresses
                    .computeIfAbsent(origin.neighborhood(), network -> new HashSet<>())
                    .add(origin);
        }
        if (latest != null) {
            evidence.remove(origin);
            evidence.put(origin, latest);
        }
        if (evidence.size() > MAX_EVIDENCE) {
            removeOldest(evidence.keySet());
        }
        size = pending.size();
    }

    /** The pending addresses of an IPv6 /64. */
    Set<IpPrefix> addressesOf(IpPrefix network) {
        return v6Addresses.getOrDefault(network, Set.of());
    }

    /** Replaces the counts of each sender. */
    void replaceAll(UnaryOperator<SenderCounts> update) {
        pending.replaceAll((origin, counts) -> update.apply(counts));
    }

    /** All pending records. */
    List<LedgerRecord> records() {
        List<LedgerRecord> records = new ArrayList<>(pending.size());
        pending.forEach((origin, counts) -> records.add(new LedgerRecord(counts, evidence.get(origin))));
        return records;
    }

    void clear() {
        pending.clear();
        v6Addresses.clear();
        evidence.clear();
        size = 0;
    }

    /** Number of pending senders. Thread-safe. */
    int size() {
        return size;
    }

    /**
     * The points of the earlier sightings of a session: infinite if it was skipped, null if this is its first sighting.
     */
    @Nullable
    Double scoredPoints(Sighting sighting) {
        OpenSession session = openSessions.get(sighting.sessionNumber());
        return session == null ? null : session.points();
    }

    /** Remembers the points of a session until it ends. */
    void rememberPoints(Sighting sighting, double points) {
        if (sighting.outcome() != Outcome.OPEN) {
            openSessions.remove(sighting.sessionNumber());
            return;
        }
        openSessions.put(sighting.sessionNumber(), new OpenSession(IpPrefix.hostNetworkOf(sighting.address()), points));
        if (openSessions.size() > MAX_OPEN_SESSIONS) {
            removeOldest(openSessions.keySet());
        }
    }

    /** Keeps the refused transactions of a session for its next sighting; of more, the first. */
    void keepCaught(Sighting sighting, List<CaughtEnvelopes> caught) {
        if (sighting.outcome() != Outcome.OPEN || caught.isEmpty()) {
            return;
        }
        caughtBelowThreshold.put(sighting.sessionNumber(), caught);
        if (caughtBelowThreshold.size() > MAX_OPEN_SESSIONS) {
            removeOldest(caughtBelowThreshold.keySet());
        }
    }

    /** The refused transactions of a sighting that count, and before them those that were kept of the same session. */
    List<CaughtEnvelopes> takeCaught(Sighting sighting, List<CaughtEnvelopes> counted) {
        List<CaughtEnvelopes> kept = caughtBelowThreshold.remove(sighting.sessionNumber());
        return kept == null
                ? counted
                : Stream.concat(kept.stream(), counted.stream())
                        .limit(CaughtEnvelopes.MAX_OF_REPORT)
                        .toList();
    }

    /** The open sessions of a sender give no points any more. */
    void skipOpenSessions(IpPrefix origin) {
        openSessions.replaceAll((number, session) ->
                session.origin().equals(origin) ? new OpenSession(origin, SightingScore.SKIPPED) : session);
    }

    private static void removeOldest(Set<?> ordered) {
        var eldest = ordered.iterator();
        eldest.next();
        eldest.remove();
    }
}
