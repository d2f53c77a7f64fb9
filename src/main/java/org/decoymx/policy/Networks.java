package org.decoymx.policy;

import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.decoymx.ledger.Origin;
import org.jspecify.annotations.Nullable;

/** Networks to find the smallest in that a sender lies in: for each prefix length that there is a hash table. */
final class Networks {
    static final Networks NONE = of(List.of());

    private final List<Level> v4;
    private final List<Level> v6;
    private final Spans v4Spans;
    private final Spans v6Spans;

    private record Level(long mask, Long2ObjectOpenHashMap<Exemption> networks) {}

    private Networks(List<Level> v4, List<Level> v6) {
        this.v4 = v4;
        this.v6 = v6;
        v4Spans = spans(v4);
        v6Spans = spans(v6);
    }

    private static Spans spans(List<Level> levels) {
        return Spans.of(levels.stream()
                .flatMap(level -> level.networks().values().stream())
                .filter(Exemption::exempt)
                .map(Exemption::network));
    }

    static Networks of(Collection<List<Exemption>> sources) {
        return new Networks(levels(sources, false), levels(sources, true));
    }

    private static List<Level> levels(Collection<List<Exemption>> sources, boolean v6) {
        Map<Integer, Level> levels = new TreeMap<>(Comparator.reverseOrder());
        for (List<Exemption> source : sources) {
            for (Exemption exemption : source) {
                if (exemption.network().base().v6() == v6) {
                    levels.computeIfAbsent(exemption.network().prefix(), prefix -> level(prefix, v6))
                            .networks()
                            .merge(
                                    exemption.network().base().bits(),
                                    exemption,
                                    (one, other) -> other.exempt() ? one : other);
                }
            }
        }
        return List.copyOf(levels.values());
    }

    private static Level level(int prefix, boolean v6) {
        int width = v6 ? Long.SIZE : Integer.SIZE;
        return new Level(prefix == 0 ? 0 : -1L << (width - prefix), new Long2ObjectOpenHashMap<>());
    }

    /** The smallest network that an origin lies in; null when there is none. */
    @Nullable
    Exemption find(Origin origin) {
        for (Level level : origin.v6() ? v6 : v4) {
            Exemption found = level.networks().get(origin.bits() & level.mask());
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** Whether any exempt network lies in this one or around it, even if a smaller part of that is taken out again. */
    boolean overlaps(Network network) {
        return (network.base().v6() ? v6Spans : v4Spans).overlaps(network);
    }
}
