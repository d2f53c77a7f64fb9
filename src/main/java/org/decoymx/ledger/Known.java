package org.decoymx.ledger;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is on the disk, as numbers in memory. One thread changes it, and may read it without a lock; any other may only
 * {@link #find}, {@link #size} and {@link #nodes}.
 */
final class Known {
    private final Map<Node, Tallies> byNode = new LinkedHashMap<>();
    private Slots slots = new Slots();

    /** Puts tallies, each in the place of what was known of it. */
    void put(Collection<Entry> entries) {
        synchronized (byNode) {
            entries.forEach(entry -> tallies(entry.tally().node()).put(entry.tally()));
        }
    }

    /** Puts one of the many tallies that are read before anybody asks. */
    void load(Tally tally) {
        tallies(tally.node()).put(tally);
    }

    /** Takes over what was loaded, in the place of all that was known. */
    void become(Known loaded) {
        synchronized (byNode) {
            byNode.clear();
            byNode.putAll(loaded.byNode);
            slots = loaded.slots;
        }
    }

    private Tallies tallies(Node node) {
        return byNode.computeIfAbsent(node, name -> new Tallies(name, slots));
    }

    void remove(Collection<Tally> tallies) {
        synchronized (byNode) {
            tallies.forEach(tally -> tallies(tally.node()).remove(tally.origin()));
            byNode.values().removeIf(left -> left.size() == 0);
        }
    }

    /** What all nodes know of a sender. */
    Optional<Sender> find(Origin origin) {
        synchronized (byNode) {
            List<Tally> tallies = all(origin);
            return tallies.isEmpty() ? Optional.empty() : Optional.of(Sender.of(tallies));
        }
    }

    @Nullable
    Tally find(Node node, Origin origin) {
        Tallies tallies = byNode.get(node);
        return tallies == null ? null : tallies.find(origin);
    }

    /** Each node's tally of a sender. */
    List<Tally> all(Origin origin) {
        List<Tally> all = new ArrayList<>(1);
        for (Tallies tallies : byNode.values()) {
            Tally tally = tallies.find(origin);
            if (tally != null) {
                all.add(tally);
            }
        }
        return all;
    }

    /** Every tally, one after the other, as they may be many. */
    Stream<Tally> stream() {
        return byNode.values().stream().flatMap(Tallies::stream);
    }

    void select(Tallies.Choice choice, Consumer<Tally> chosen) {
        byNode.values().forEach(tallies -> tallies.select(choice, chosen));
    }

    /** How many tallies there are. */
    int size() {
        synchronized (byNode) {
            return byNode.values().stream().mapToInt(Tallies::size).sum();
        }
    }

    Set<Node> nodes() {
        synchronized (byNode) {
            return new HashSet<>(byNode.keySet());
        }
    }
}
