package org.decoymx.exemption;

import java.net.InetAddress;
import java.time.Clock;
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
import org.decoymx.sighting.SenderQueues;
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

    /** What a sighting waits for whose sender is queried already, or needs no query: only for its turn. */
    private static final CompletableFuture<DnswlResult> ANSWERED =
            CompletableFuture.completedFuture(DnswlResult.NOT_LISTED);

    private final List<DnswlZone> zones;
    private final ExemptNetworks exempt;
    private final Consumer<Runnable> timer;
    private final Consumer<Set<IpPrefix>> delisting;
    private final DnswlCache cache;
    private final SenderQueues<DnswlResult> queues =
            new SenderQueues<>(MAX_PENDING, MAX_QUEUED_SIGHTINGS, DnswlResult.FAILURE);
    private final Set<IpPrefix> toDelist = new HashSet<>();
    private boolean delistScheduled;

    /**
     * @param exempt networks that need no query, because they decide first
     * @param timer runs a task once, after about 30 seconds
     * @param delisting delists senders that turned out to be on an allowlist
     */
    DnswlService(
            List<DnswlZone> zones,
            ExemptNetworks exempt,
            Consumer<Runnable> timer,
            Consumer<Set<IpPrefix>> delisting,
            Clock clock) {
        this.zones = List.copyOf(zones);
        this.exempt = exempt;
        this.timer = timer;
        this.delisting = delisting;
        cache = new DnswlCache(clock);
    }

    @Override
    public void prepare(Sighting sighting, Consumer<Sighting> next) {
        IpPrefix origin = IpPrefix.hostNetworkOf(sighting.address());
        if (queues.isWaiting(origin) || !needsQuery(sighting, origin)) {
            if (!queues.run(origin, ANSWERED, answered -> next.accept(sighting))) {
                queues.release(origin);
                next.accept(sighting);
            }
            return;
        }
        CompletableFuture<DnswlResult> result = new CompletableFuture<>();
        Consumer<DnswlResult> count = known -> {
            storeResult(origin, known);
            next.accept(sighting);
        };
        if (queues.run(origin, result, count)) {
            queryZones(sighting.address(), result);
        } else {
            count.accept(DnswlResult.FAILURE);
        }
    }

    /** Only a complete conversation is scored. */
    private boolean needsQuery(Sighting sighting, IpPrefix origin) {
        return !zones.isEmpty()
                && sighting.isQualifyingConversation()
                && !cache.isFresh(origin)
                && !exempt.isDecidedByNetwork(origin);
    }

    private void queryZones(InetAddress address, CompletableFuture<DnswlResult> result) {
        List<CompletableFuture<DnswlResult>> queries =
                zones.stream().map(zone -> zone.query(address)).toList();
        CompletableFuture<?> all = CompletableFuture.allOf(queries.toArray(CompletableFuture[]::new));
        CompletableFuture<?> unused = all.whenComplete((done, failure) -> result.complete(queries.stream()
                .map(CompletableFuture::join)
                .reduce(DnswlResult.NOT_LISTED, DnswlService::mergeResults)));
    }

    /** A listing by one zone wins over all other results; a failure wins over "not listed". */
    private static DnswlResult mergeResults(DnswlResult first, DnswlResult second) {
        return first.isListed() || second.equals(DnswlResult.NOT_LISTED) ? first : second;
    }

    private void storeResult(IpPrefix origin, DnswlResult result) {
        cache.put(origin, result);
        if (queueForDelisting(origin, result)) {
            timer.accept(this::delistQueued);
        }
    }

    /** Returns whether the caller must schedule {@link #delistQueued}. */
    private synchronized boolean queueForDelisting(IpPrefix origin, DnswlResult answer) {
        if (!answer.isListed() || toDelist.size() >= MAX_TO_DELIST) {
            return false;
        }
        toDelist.add(origin);
        if (origin.v6()) {
            // further addresses of a busy /64 are one sender
            toDelist.add(origin.neighborhood());
        }
        boolean mustSchedule = !delistScheduled;
        delistScheduled = true;
        return mustSchedule;
    }

    private void delistQueued() {
        Set<IpPrefix> origins;
        synchronized (this) {
            origins = Set.copyOf(toDelist);
            toDelist.clear();
            delistScheduled = false;
        }
        delisting.accept(origins);
    }

    /** Releases all queued sightings. Later sightings are not queued. */
    void stop() {
        queues.stop();
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
