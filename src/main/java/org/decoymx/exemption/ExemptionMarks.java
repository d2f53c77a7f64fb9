package org.decoymx.exemption;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.decoymx.net.IpPrefix;
import org.jspecify.annotations.Nullable;

/**
 * The latest change of each exemption. Immutable. Of too many that were removed, the oldest are forgotten; all others
 * have their lines in the file.
 */
record ExemptionMarks(Map<IpPrefix, ExemptionMark> byNetwork) {
    static final ExemptionMarks NONE = new ExemptionMarks(Map.of());
    static final int MAX_REMOVED = 10_000;
    static final int MAX = RuntimeExemptionFile.MAX_EXEMPTIONS + MAX_REMOVED;

    /** As long as the ledger keeps a sender by default; a node that was away for longer may bring an exemption back. */
    private static final Duration REMOVED_KEPT = Duration.ofDays(90);

    /**
     * Those in a file. If the file was edited by hand, what does not fit was changed now.
     *
     * @param exempt the networks that are exempt in it
     */
    static ExemptionMarks of(Collection<ExemptionMark> marks, Set<IpPrefix> exempt, Instant now) {
        Instant second = now.truncatedTo(ChronoUnit.SECONDS);
        return NONE.with(marks.stream()
                .map(mark -> mark.removed() != exempt.contains(mark.network())
                        ? mark
                        : new ExemptionMark(mark.network(), second, "", !mark.removed()))
                .toList());
    }

    Collection<ExemptionMark> all() {
        return byNetwork.values();
    }

    @Nullable
    ExemptionMark find(IpPrefix network) {
        return byNetwork.get(network);
    }

    /** After a change at this node, which is later than all that are known. */
    ExemptionMarks withChange(IpPrefix network, Instant now, boolean removed) {
        Instant second = now.truncatedTo(ChronoUnit.SECONDS);
        ExemptionMark known = find(network);
        Instant at = known == null || known.at().isBefore(second)
                ? second
                : known.at().plusSeconds(1);
        return with(List.of(new ExemptionMark(network, at, "", removed)));
    }

    ExemptionMarks with(Collection<ExemptionMark> changed) {
        Map<IpPrefix, ExemptionMark> next = new LinkedHashMap<>(byNetwork);
        changed.forEach(mark -> next.put(mark.network(), mark));
        List<ExemptionMark> removed = new ArrayList<>(
                next.values().stream().filter(ExemptionMark::removed).toList());
        removed.sort(Comparator.comparing(ExemptionMark::at));
        removed.stream().limit(Math.max(0, removed.size() - MAX_REMOVED)).forEach(mark -> next.remove(mark.network()));
        return new ExemptionMarks(next);
    }

    ExemptionMarks withShared(Collection<SharedExemption> changed) {
        return with(changed.stream().map(SharedExemption::mark).toList());
    }

    /** After exemptions have ended. */
    ExemptionMarks without(Set<RuntimeExemption> ended) {
        Set<IpPrefix> networks = ended.stream().map(RuntimeExemption::network).collect(Collectors.toSet());
        return with(byNetwork.values().stream()
                .filter(mark -> networks.contains(mark.network()))
                .map(ExemptionMark::asRemoved)
                .toList());
    }

    /** Without those that were removed long ago. */
    ExemptionMarks withoutExpired(Instant now) {
        Map<IpPrefix, ExemptionMark> next = new LinkedHashMap<>(byNetwork);
        next.values()
                .removeIf(mark -> mark.removed() && mark.at().plus(REMOVED_KEPT).isBefore(now));
        return new ExemptionMarks(next);
    }

    /** Exemptions with their latest changes, and those that were removed; {@code node} is the name of this node. */
    List<SharedExemption> shared(List<RuntimeExemption> stored, String node) {
        Map<IpPrefix, SharedExemption> all = new LinkedHashMap<>();
        byNetwork
                .values()
                .forEach(mark -> all.put(mark.network(), mark.ofNode(node).toShared(null)));
        for (RuntimeExemption exemption : stored) {
            ExemptionMark mark = byNetwork.getOrDefault(
                    exemption.network(),
                    // never changed while exemptions were shared
                    new ExemptionMark(exemption.network(), exemption.since(), "", false));
            all.put(exemption.network(), mark.ofNode(node).toShared(exemption));
        }
        return List.copyOf(all.values());
    }

    /** Those of the changes, by network, that are later than the known ones. */
    static Map<IpPrefix, SharedExemption> later(
            Collection<SharedExemption> changes, Collection<SharedExemption> known) {
        Map<IpPrefix, ExemptionMark> latest = new HashMap<>();
        known.forEach(exemption -> latest.put(exemption.network(), exemption.mark()));
        Map<IpPrefix, SharedExemption> later = new LinkedHashMap<>();
        for (SharedExemption change : changes) {
            if (change.mark().isAfter(latest.get(change.network()))) {
                latest.put(change.network(), change.mark());
                later.put(change.network(), change);
            }
        }
        return later;
    }

    /**
     * Leaves out exemptions for which there is no room, and with them their marks: a mark without its line in the file
     * would count as removed at the next start, and then everywhere.
     *
     * @param later changes; those left out are removed from it
     * @param exempt the networks that are exempt before
     * @return what to tell the administrator; empty if none was left out
     */
    static Optional<String> leaveOut(Map<IpPrefix, SharedExemption> later, Set<IpPrefix> exempt) {
        long removed = later.values().stream()
                .filter(change -> change.exemption() == null && exempt.contains(change.network()))
                .count();
        List<IpPrefix> left = later.values().stream()
                .filter(change -> change.exemption() != null && !exempt.contains(change.network()))
                .map(SharedExemption::network)
                .skip(Math.max(0, RuntimeExemptionFile.MAX_EXEMPTIONS - exempt.size() + removed))
                .toList();
        left.forEach(later::remove);
        return left.isEmpty()
                ? Optional.empty()
                : Optional.of(left.size()
                        + " networks that are exempt at other nodes are not exempt here: the limit of "
                        + RuntimeExemptionFile.MAX_EXEMPTIONS + " is reached; remove some, then restart the decoy");
    }
}
