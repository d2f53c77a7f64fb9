package org.decoymx.primary;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.decoymx.dns.MxRecords;
import org.decoymx.net.IpPrefix;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.SightingPreprocessor;
import org.jspecify.annotations.Nullable;

/**
 * Retains of each sighting only the recipients of whose domain the decoy is the worst MX, and all better ones are
 * monitored: a subdomain may have others, whose outage would not be noticed. While DNS does not answer,
 * none is retained, so that nothing counts. Thread-safe.
 */
final class MxCheck implements SightingPreprocessor {
    private static final int MAX_WAITING = 10_000;

    private final Function<String, CompletableFuture<MxRecords>> lookups;
    private final MxSettings settings;
    private final Predicate<Set<PrimaryHost>> monitored;
    private final Map<IpPrefix, SenderQueue> queues = new HashMap<>();
    private int waiting;

    /**
     * @param lookups finds the MX records of a domain in bounded time
     * @param monitored whether all these hosts are monitored; not asked if the primaries are configured
     */
    MxCheck(
            Function<String, CompletableFuture<MxRecords>> lookups,
            MxSettings settings,
            Predicate<Set<PrimaryHost>> monitored) {
        this.lookups = lookups;
        this.settings = settings;
        this.monitored = monitored;
    }

    /** Sightings of one sender. They wait for DNS, and keep their order. */
    private static final class SenderQueue {
        private final Deque<WaitingSighting> entries = new ArrayDeque<>();
        private boolean draining;
    }

    /**
     * A sighting that waits.
     *
     * @param domains those whose worst MX is the decoy
     */
    private record WaitingSighting(
            Sighting sighting, Consumer<Sighting> next, CompletableFuture<Set<String>> domains) {}

    @Override
    public void prepare(Sighting sighting, Consumer<Sighting> next) {
        if (!settings.isRequired()) {
            next.accept(sighting);
            return;
        }
        IpPrefix origin = IpPrefix.hostNetworkOf(sighting.address());
        CompletableFuture<Set<String>> domains = findDomains(sighting);
        boolean mustWait;
        boolean full;
        synchronized (this) {
            mustWait = queues.containsKey(origin) || !domains.isDone();
            full = mustWait && waiting >= MAX_WAITING;
            if (mustWait && !full) {
                queues.computeIfAbsent(origin, key -> new SenderQueue())
                        .entries
                        .add(new WaitingSighting(sighting, next, domains));
                waiting++;
            }
        }
        if (full) {
            next.accept(retain(sighting, Set.of()));
        } else if (mustWait) {
            CompletableFuture<?> unused = domains.whenComplete((found, failure) -> drain(origin));
        } else {
            next.accept(retain(sighting, domains.join()));
        }
    }

    /** Completes when DNS has answered for all recipients, or failed. */
    private CompletableFuture<Set<String>> findDomains(Sighting sighting) {
        Map<String, CompletableFuture<MxRecords>> answers = sighting.caught().stream()
                .flatMap(transaction -> transaction.domains().stream())
                .distinct()
                .collect(Collectors.toMap(Function.identity(), lookups));
        return CompletableFuture.allOf(answers.values().toArray(CompletableFuture[]::new))
                .handle((done, failure) -> answers.keySet().stream()
                        .filter(domain -> isDecoyWorst(answers.get(domain)))
                        .collect(Collectors.toSet()));
    }

    private boolean isDecoyWorst(@Nullable CompletableFuture<MxRecords> answer) {
        if (answer == null || answer.isCompletedExceptionally()) {
            return false;
        }
        MxOrder order = new MxOrder(answer.join().hosts(), settings.decoys());
        return order.isDecoyWorst() && (!settings.findsPrimaries() || monitored.test(primaries(order)));
    }

    private static Set<PrimaryHost> primaries(MxOrder order) {
        return order.betterHosts().stream()
                .flatMap(name -> PrimaryHost.parse(name).stream())
                .collect(Collectors.toSet());
    }

    /** Only a session that reached DATA is scored. */
    private static Sighting retain(Sighting sighting, Set<String> domains) {
        return sighting.isQualifyingConversation() ? sighting.retainDomains(domains) : sighting;
    }

    /** Hands on the answered sightings of a sender in their order, including those that are queued meanwhile. */
    private void drain(IpPrefix origin) {
        WaitingSighting head = pollAnswered(origin, false);
        while (head != null) {
            head.next().accept(retain(head.sighting(), head.domains().join()));
            head = pollAnswered(origin, true);
        }
    }

    /** Returns null when the next sighting still waits, or when another thread hands on those of the sender. */
    private synchronized @Nullable WaitingSighting pollAnswered(IpPrefix origin, boolean draining) {
        SenderQueue queue = queues.get(origin);
        if (queue == null || queue.draining && !draining) {
            return null;
        }
        WaitingSighting head = queue.entries.peek();
        queue.draining = head != null && head.domains().isDone();
        if (queue.draining) {
            waiting--;
            return queue.entries.poll();
        }
        if (head == null) {
            queues.remove(origin);
        }
        return null;
    }

    /** Hands on all sightings that still wait; they do not count. */
    void stop() {
        List<WaitingSighting> all = new ArrayList<>();
        synchronized (this) {
            queues.values().forEach(queue -> all.addAll(queue.entries));
        }
        all.forEach(sighting -> sighting.domains().complete(Set.of()));
    }
}
