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
import java.util.function.Consumer;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.SightingPreprocessor;
import org.jspecify.annotations.Nullable;

/**
 * Queries DNS allowlists (such as dnswl.org) for a sender before its sightings are scored. While a zone does not
 * answer, new senders are not scored, because each of them may be on it. Thread-safe.
 */
final class DnswlService implements SightingPreprocessor, Exemption.Allowlist {
    private static final int MAX_PENDING = 10_000;
    private static final int MAX_QUEUED_SIGHTINGS = 50_000;
    private static final int MAX_TO_DELIST = 10_000;

    private final List<DnswlZone> zones;
    private final ExemptNetworks exempt;
    private final DnswlCallbacks callbacks;
    private final DnswlCache cache;
    private final Map<IpPrefix, PendingSender> pending = new HashMap<>();
    private final Set<IpPrefix> toDelist = new HashSet<>();
    private int queuedSightings;
    private boolean delistScheduled;
    private boolean stopping;

    /**
     * @param exempt networks that need no query, because they decide first
     */
    DnswlService(List<DnswlZone> zones, ExemptNetworks exempt, DnswlCallbacks callbacks, Clock clock) {
        this.zones = List.copyOf(zones);
        this.exempt = exempt;
        this.callbacks = callbacks;
        cache = new DnswlCache(clock);
    }

    /** Actions that follow from the answers. */
    interface DnswlCallbacks {

        /** Runs a task once, after about 30 seconds. */
        void runLater(Runnable task);

        /** Delists senders that turned out to be on an allowlist. */
        void delist(Set<IpPrefix> origins);
    }

    /** Queued sightings of one sender. They wait for the answer, and keep their order. */
    private static final class PendingSender {
        private final Deque<Runnable> queuedCounts = new ArrayDeque<>();
        private boolean answered;
    }

    @Override
    public void prepare(Sighting sighting, Consumer<Sighting> next) {
        Runnable count = () -> next.accept(sighting);
        IpPrefix origin = IpPrefix.hostNetworkOf(sighting.address());
        boolean mustQuery = false;
        boolean full = false;
        PendingSender sender;
        synchronized (this) {
            sender = pending.get(origin);
            if (sender == null && needsQuery(sighting, origin)) {
                sender = new PendingSender();
                full = stopping || pending.size() >= MAX_PENDING;
                mustQuery = !full;
                pending.put(origin, sender);
            } else if (sender != null) {
                full = queuedSightings >= MAX_QUEUED_SIGHTINGS;
            }
            if (sender != null) {
                sender.queuedCounts.add(count);
                queuedSightings++;
            }
        }
        if (sender == null) {
            count.run();
        } else if (mustQuery) {
            queryZones(origin, sighting.address(), sender);
        } else if (full) {
            complete(origin, sender, DnswlResult.FAILURE);
        }
    }

    /** Only a complete conversation is scored. */
    private boolean needsQuery(Sighting sighting, IpPrefix origin) {
        return !zones.isEmpty()
                && sighting.isQualifyingConversation()
                && !cache.isFresh(origin)
                && !exempt.isDecidedByNetwork(origin);
    }

    private void queryZones(IpPrefix origin, InetAddress address, PendingSender sender) {
        List<CompletableFuture<DnswlResult>> queries =
                zones.stream().map(zone -> zone.query(address)).toList();
        CompletableFuture<?> all = CompletableFuture.allOf(queries.toArray(CompletableFuture[]::new));
        CompletableFuture<?> unused = all.whenComplete((done, failure) -> complete(
                origin,
                sender,
                queries.stream()
                        .map(CompletableFuture::join)
                        .reduce(DnswlResult.NOT_LISTED, DnswlService::mergeResults)));
    }

    /** A listing by one zone wins over all other results; a failure wins over "not listed". */
    private static DnswlResult mergeResults(DnswlResult first, DnswlResult second) {
        return first.isListed() || second.equals(DnswlResult.NOT_LISTED) ? first : second;
    }

    private void complete(IpPrefix origin, PendingSender sender, DnswlResult answer) {
        boolean mustSchedule;
        synchronized (this) {
            if (sender.answered) {
                return;
            }
            sender.answered = true;
            cache.put(origin, answer);
            mustSchedule = queueForDelisting(origin, answer);
        }
        if (mustSchedule) {
            callbacks.runLater(this::delistQueued);
        }
        runQueued(origin, sender);
    }

    /** Runs the queued sightings in order, including those that are queued meanwhile. */
    private void runQueued(IpPrefix origin, PendingSender sender) {
        Runnable next = pollNext(origin, sender);
        while (next != null) {
            next.run();
            next = pollNext(origin, sender);
        }
    }

    private synchronized @Nullable Runnable pollNext(IpPrefix origin, PendingSender sender) {
        Runnable next = sender.queuedCounts.poll();
        if (next == null) {
            pending.remove(origin);
        } else {
            queuedSightings--;
        }
        return next;
    }

    /** Returns whether the caller must schedule {@link #delistQueued}. */
    private boolean queueForDelisting(IpPrefix origin, DnswlResult answer) {
        if (!answer.isListed() || toDelist.size() >= MAX_TO_DELIST) {
            return false;
        }
        toDelist.add(origin);
        boolean mustSchedule = !delistScheduled && !stopping;
        delistScheduled |= mustSchedule;
        return mustSchedule;
    }

    private void delistQueued() {
        Set<IpPrefix> origins;
        synchronized (this) {
            origins = Set.copyOf(toDelist);
            toDelist.clear();
            delistScheduled = false;
        }
        callbacks.delist(origins);
    }

    /** Releases all queued sightings. Later sightings are not queued. */
    void stop() {
        Map<IpPrefix, PendingSender> all;
        synchronized (this) {
            stopping = true;
            all = Map.copyOf(pending);
        }
        all.forEach((origin, sender) -> complete(origin, sender, DnswlResult.FAILURE));
    }

    @Override
    public @Nullable String findReason(IpPrefix origin) {
        DnswlResult result = cache.find(origin);
        return result == null ? null : result.exemption();
    }

    @Override
    public boolean isUnanswered(IpPrefix origin) {
        return DnswlResult.FAILURE.equals(cache.find(origin));
    }

    /** Zone names, each with the reason why the last query failed; empty when it did not. */
    Map<String, Optional<String>> zones() {
        Map<String, Optional<String>> all = new LinkedHashMap<>();
        zones.forEach(zone -> all.put(zone.name(), zone.failure()));
        return all;
    }

    /** Number of queries since the start. */
    long queries() {
        return zones.stream().mapToLong(DnswlZone::queries).sum();
    }

    /** Number of failed queries since the start. */
    long failures() {
        return zones.stream().mapToLong(DnswlZone::failures).sum();
    }
}
