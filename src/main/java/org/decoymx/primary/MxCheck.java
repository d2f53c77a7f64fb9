package org.decoymx.primary;

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
import org.decoymx.sighting.SenderQueues;
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
    private final Predicate<List<PrimaryHost>> monitored;
    private final SenderQueues<Set<String>> queues = new SenderQueues<>(MAX_WAITING, MAX_WAITING, Set.of());

    /**
     * @param lookups finds the MX records of a domain in bounded time
     * @param monitored whether all these hosts are monitored; not asked if the primaries are configured
     */
    MxCheck(
            Function<String, CompletableFuture<MxRecords>> lookups,
            MxSettings settings,
            Predicate<List<PrimaryHost>> monitored) {
        this.lookups = lookups;
        this.settings = settings;
        this.monitored = monitored;
    }

    @Override
    public void prepare(Sighting sighting, Consumer<Sighting> next) {
        if (!settings.isRequired()) {
            next.accept(sighting);
            return;
        }
        IpPrefix origin = IpPrefix.hostNetworkOf(sighting.address());
        if (!queues.run(origin, findDomains(sighting), found -> next.accept(retain(sighting, found)))) {
            next.accept(retain(sighting, Set.of()));
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
        return order.isDecoyWorst() && (!settings.findsPrimaries() || monitored.test(order.primaries()));
    }

    /** Only a session that reached DATA is scored. */
    private static Sighting retain(Sighting sighting, Set<String> domains) {
        return sighting.isQualifyingConversation() ? sighting.retainDomains(domains) : sighting;
    }

    /** Hands on all sightings that still wait; they do not count. */
    void stop() {
        queues.stop();
    }
}
