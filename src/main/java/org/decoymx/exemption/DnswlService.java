package org.decoymx.exemption;

import java.net.InetAddress;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.SightingPreprocessor;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.sighting.Sighting;
import org.jspecify.annotations.Nullable;

/**
 * Asks zones in the manner of DNSWL for a sender before it is counted. While a zone does not answer new senders do not
 * count, as each may be on it. Any thread.
 */
public final class DnswlService implements SightingPreprocessor, Exemption.Allowlist {
    private static final int MAX_PENDING = 10_000;
    private static final int MAX_QUEUED_SIGHTINGS = 50_000;
    private static final int MAX_TO_DELIST = 10_000;

    private final List<DnswlZone> zones;
    private final ExemptNetworks exempt;
    private final DnswlCallbacks callbacks;
    private final DnswlCache cache;
    private final Map<Origin, PendingSender> pending = new HashMap<>();
    private final Set<Origin> toDelist = new HashSet<>();
    private int queuedSightings;
    private boolean delistScheduled;
    private boolean stopping;

    /**
     * @param exempt whose networks decide before any zone is asked
     */
    DnswlService(List<DnswlZone> zones, ExemptNetworks exempt, DnswlCallbacks effects, Clock clock) {
        this.zones = List.copyOf(zones);
        this.exempt = exempt;
        this.callbacks = effects;
        cache = new DnswlCache(clock);
    }

    /** What follows from answers, a while later. */
    interface DnswlCallbacks {

        /** Runs something once, in half a minute or so. */
        void runLater(Runnable task);

        /** Takes those off the list who turned out to be on an allowlist. */
        void delist(Set<Origin> origins);
    }

    /** Sightings of one sender that wait for the answer, or for those before them to go on. */
    private static final class PendingSender {
        private final Deque<Runnable> queuedCounts = new ArrayDeque<>();
        private boolean answered;
    }

    @Override
    public void prepare(Sighting sighting, Runnable count) {
        Origin origin = Origin.of(sighting.address());
        boolean ask = false;
        boolean full = false;
        PendingSender turn;
        synchronized (this) {
            turn = pending.get(origin);
            if (turn == null && needsQuery(sighting, origin)) {
                turn = new PendingSender();
                full = stopping || pending.size() >= MAX_PENDING;
                ask = !full;
                pending.put(origin, turn);
            } else if (turn != null) {
                full = queuedSightings >= MAX_QUEUED_SIGHTINGS;
            }
            if (turn != null) {
                turn.queuedCounts.add(count);
                queuedSightings++;
            }
        }
        if (turn == null) {
            count.run();
        } else if (ask) {
            queryZones(origin, sighting.address(), turn);
        } else if (full) {
            complete(origin, turn, DnswlResult.FAILURE);
        }
    }

    /** A session without a recipient of ours and without bad manners counts for nothing anyway. */
    private boolean needsQuery(Sighting sighting, Origin origin) {
        return !zones.isEmpty()
                && (sighting.facts().protectedRecipients() > 0
                        || !sighting.traits().isEmpty())
                && !cache.isFresh(origin)
                && !exempt.isDecidedByNetwork(origin);
    }

    private void queryZones(Origin origin, InetAddress address, PendingSender turn) {
        List<CompletableFuture<DnswlResult>> asked =
                zones.stream().map(zone -> zone.query(address)).toList();
        CompletableFuture<?> all = CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new));
        CompletableFuture<?> unused = all.whenComplete((done, never) -> complete(
                origin,
                turn,
                asked.stream()
                        .map(CompletableFuture::join)
                        .reduce(DnswlResult.NOT_LISTED, DnswlService::mergeResults)));
    }

    /** Who is on one list is exempt, whatever the others say, or fail to say; and a failure outweighs a no. */
    private static DnswlResult mergeResults(DnswlResult one, DnswlResult other) {
        boolean first = one.isListed() || other.equals(DnswlResult.NOT_LISTED);
        return first ? one : other;
    }

    private void complete(Origin origin, PendingSender turn, DnswlResult answer) {
        boolean settle;
        synchronized (this) {
            if (turn.answered) {
                return;
            }
            turn.answered = true;
            cache.put(origin, answer);
            settle = queueForDelisting(origin, answer);
        }
        if (settle) {
            callbacks.runLater(this::delistQueued);
        }
        runQueued(origin, turn);
    }

    /** Lets sightings go on one after the other, also those that come meanwhile. */
    private void runQueued(Origin origin, PendingSender turn) {
        Runnable next = pollNext(origin, turn);
        while (next != null) {
            next.run();
            next = pollNext(origin, turn);
        }
    }

    private synchronized @Nullable Runnable pollNext(Origin origin, PendingSender turn) {
        Runnable next = turn.queuedCounts.poll();
        if (next == null) {
            pending.remove(origin);
        } else {
            queuedSightings--;
        }
        return next;
    }

    /** Whether there is something to settle for the first time. */
    private boolean queueForDelisting(Origin origin, DnswlResult answer) {
        if (!answer.isListed() || toDelist.size() >= MAX_TO_DELIST) {
            return false;
        }
        toDelist.add(origin);
        boolean first = !delistScheduled && !stopping;
        delistScheduled |= first;
        return first;
    }

    private void delistQueued() {
        Set<Origin> off;
        synchronized (this) {
            off = Set.copyOf(toDelist);
            toDelist.clear();
            delistScheduled = false;
        }
        callbacks.delist(off);
    }

    /** Lets all that waits go on at once, and nothing wait from now on. */
    void stop() {
        Map<Origin, PendingSender> all;
        synchronized (this) {
            stopping = true;
            all = Map.copyOf(pending);
        }
        all.forEach((origin, turn) -> complete(origin, turn, DnswlResult.FAILURE));
    }

    @Override
    public @Nullable String findReason(Origin origin) {
        DnswlResult known = cache.find(origin);
        return known == null ? null : known.exemption();
    }

    @Override
    public boolean isUnanswered(Origin origin) {
        return DnswlResult.FAILURE.equals(cache.find(origin));
    }

    /** Each zone, and why it did not answer its latest question. */
    public Map<String, Optional<String>> zones() {
        Map<String, Optional<String>> all = new LinkedHashMap<>();
        zones.forEach(zone -> all.put(zone.name(), zone.failure()));
        return all;
    }

    /** Questions to zones since the start. */
    public long queries() {
        return zones.stream().mapToLong(DnswlZone::queries).sum();
    }

    /** Those of them that were not answered. */
    public long failures() {
        return zones.stream().mapToLong(DnswlZone::failures).sum();
    }
}
