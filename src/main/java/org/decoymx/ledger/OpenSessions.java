package org.decoymx.ledger;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.decoymx.net.EvictionOrder;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.SightingScore;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What is known of sessions that were reported at their 451 and have not ended, and of the latest that have ended, but
 * of which a transaction is excused: that may count after all. Not thread-safe.
 */
final class OpenSessions {
    /** More than connections can be open. */
    private static final int MAX_OPEN = 100_000;
    /** As many as envelopes that may count after all. */
    private static final int MAX_EXCUSED = 5_000;

    private final Map<Long, OpenSession> open = new LinkedHashMap<>();
    private final Map<Long, OpenSession> excused = new HashMap<>();
    private final EvictionOrder<Long> excusedOrder = new EvictionOrder<>();
    private final Map<IpPrefix, Set<OpenSession>> openBySender = new HashMap<>();

    /** What is known of one session. */
    static final class OpenSession {
        private final long number;
        private final IpPrefix sender;
        private final IpPrefix address;
        private double points;
        private boolean hasExcused;
        private List<CaughtEnvelopes> belowThreshold = List.of();
        private boolean reported;
        private final LongArrayList countedAt = new LongArrayList(1);

        private OpenSession(long number, IpPrefix sender, IpPrefix address, double points) {
            this.number = number;
            this.sender = sender;
            this.address = address;
            this.points = points;
        }

        /** See {@link SightingScore#sessionPoints}. */
        double points() {
            return points;
        }

        /** Takes over the result of a report. */
        void update(Sighting sighting, SightingScore scored) {
            points = scored.sessionPoints();
            hasExcused |= scored.counted().size() < sighting.caught().size();
            scored.counted().forEach(transaction -> countedAt.add(transaction.at()));
        }

        /** Takes the transactions that count, and before them those that were kept because they listed nobody. */
        List<CaughtEnvelopes> takeCaught(List<CaughtEnvelopes> counted) {
            List<CaughtEnvelopes> all = Stream.concat(belowThreshold.stream(), counted.stream())
                    .limit(CaughtEnvelopes.MAX_OF_REPORT)
                    .toList();
            belowThreshold = List.of();
            return all;
        }

        /** Whether this is the first of its catches that is reported; a session is one catch. */
        boolean isFirstCatch() {
            boolean first = !reported;
            reported = true;
            return first;
        }

        /** Keeps transactions for the next report. */
        void keepCaught(List<CaughtEnvelopes> caught) {
            belowThreshold = caught;
        }

        private void excuse(long at, boolean delisted) {
            belowThreshold = belowThreshold.stream()
                    .filter(transaction -> transaction.at() != at)
                    .toList();
            boolean counted = countedAt.removeIf(time -> time == at);
            if (counted && countedAt.isEmpty() && delisted && points != SightingScore.SKIPPED) {
                points = SightingScore.WITNESSED;
            }
        }
    }

    /** The session of a report, if it was reported before and has not ended. */
    @Nullable
    OpenSession find(Sighting sighting) {
        return open.get(sighting.sessionNumber());
    }

    /** The session of a transaction that was excused; null if it is not remembered. */
    @Nullable
    OpenSession findExcused(Sighting sighting) {
        OpenSession session = find(sighting);
        return session == null ? excused.get(sighting.sessionNumber()) : session;
    }

    /**
     * A session that is reported for the first time; {@link #put} it.
     *
     * @param points 0, or {@link SightingScore#SKIPPED}
     */
    static OpenSession first(Sighting sighting, IpPrefix sender, double points) {
        return new OpenSession(sighting.sessionNumber(), sender, IpPrefix.hostNetworkOf(sighting.address()), points);
    }

    /** Remembers a session until it ends, and for longer if a transaction is excused. */
    void put(Sighting latest, OpenSession session) {
        if (latest.outcome() != Outcome.OPEN) {
            remove(session);
            if (session.hasExcused) {
                addExcused(session);
            }
            return;
        }
        open.put(session.number, session);
        openBySender
                .computeIfAbsent(session.sender, sender -> new LinkedHashSet<>())
                .add(session);
        if (open.size() > MAX_OPEN) {
            remove(open.values().iterator().next());
        }
    }

    private void addExcused(OpenSession session) {
        excused.put(session.number, session);
        excusedOrder.add(session.sender, session.number);
        if (excused.size() > MAX_EXCUSED) {
            OpenSession evicted = Objects.requireNonNull(excused.remove(excusedOrder.first()));
            excusedOrder.remove(evicted.sender, evicted.number);
        }
    }

    private void remove(OpenSession session) {
        open.remove(session.number);
        Set<OpenSession> others = openBySender.get(session.sender);
        if (others != null && others.remove(session) && others.isEmpty()) {
            openBySender.remove(session.sender);
        }
    }

    /**
     * Takes a transaction of a session back, that is open or was excused.
     *
     * @param at {@link CaughtEnvelopes#at}
     * @param delisted whether the points of the sender were removed
     */
    void excuse(IpPrefix sender, long at, boolean delisted) {
        Stream.concat(
                        openBySender.getOrDefault(sender, Set.of()).stream(),
                        excused.values().stream().filter(session -> session.sender.equals(sender)))
                .distinct()
                .forEach(session -> session.excuse(at, delisted));
    }

    /** The sessions of an address, or of all addresses of a network, give no points any more. */
    void skip(IpPrefix network) {
        Stream.concat(open.values().stream(), excused.values().stream())
                .filter(session -> network.contains(session.address))
                .forEach(session -> {
                    session.points = SightingScore.SKIPPED;
                    session.belowThreshold = List.of();
                });
    }
}
