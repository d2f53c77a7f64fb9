package org.decoymx.policy;

import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.decoymx.ledger.Origin;
import org.jspecify.annotations.Nullable;

/** Networks to find the smallest in that a sender lies in: for each prefix length that there is a hash table. */
final class ExemptionPrefixMap {
    static final ExemptionPrefixMap EMPTY = of(List.of());

    private final PrefixLevel[] v4;
    private final PrefixLevel[] v6;

    /** The first origin of each exempt network, in order. */
    private final List<Origin> exemptBases;

    private record PrefixLevel(long mask, Long2ObjectOpenHashMap<Exemption> networks) {}

    private ExemptionPrefixMap(PrefixLevel[] v4, PrefixLevel[] v6) {
        this.v4 = v4;
        this.v6 = v6;
        exemptBases = Stream.of(v4, v6)
                .flatMap(Arrays::stream)
                .flatMap(level -> level.networks().values().stream())
                .filter(Exemption::exempt)
                .map(exemption -> exemption.network().base())
                .sorted()
                .toList();
    }

    static ExemptionPrefixMap of(Collection<List<Exemption>> sources) {
        return new ExemptionPrefixMap(buildLevels(sources, false), buildLevels(sources, true));
    }

    /** The longest prefix first. The tables are made as large as they will be, as growing is what takes the time. */
    private static PrefixLevel[] buildLevels(Collection<List<Exemption>> sources, boolean v6) {
        int width = v6 ? Long.SIZE : Integer.SIZE;
        List<Long2ObjectOpenHashMap<Exemption>> tables = IntStream.of(countByPrefixLength(sources, v6, width))
                .mapToObj(Long2ObjectOpenHashMap<Exemption>::new)
                .toList();
        for (List<Exemption> source : sources) {
            for (Exemption exemption : source) {
                IpNetwork network = exemption.network();
                if (network.base().v6() == v6) {
                    tables.get(network.prefixLength())
                            .merge(network.base().bits(), exemption, ExemptionPrefixMap::preferNegated);
                }
            }
        }
        return IntStream.rangeClosed(0, width)
                .map(up -> width - up)
                .filter(prefix -> !tables.get(prefix).isEmpty())
                .mapToObj(prefix -> new PrefixLevel(prefix == 0 ? 0 : -1L << (width - prefix), tables.get(prefix)))
                .toArray(PrefixLevel[]::new);
    }

    private static int[] countByPrefixLength(Collection<List<Exemption>> sources, boolean v6, int width) {
        int[] counts = new int[width + 1];
        for (List<Exemption> source : sources) {
            for (Exemption exemption : source) {
                if (exemption.network().base().v6() == v6) {
                    counts[exemption.network().prefixLength()]++;
                }
            }
        }
        return counts;
    }

    /** Of two that say something of the same network: what takes it out again, or else the first. */
    private static Exemption preferNegated(Exemption one, Exemption other) {
        return one.exempt() && !other.exempt() ? other : one;
    }

    /** The smallest network that an origin lies in; null when there is none. */
    @Nullable
    Exemption findLongestMatch(Origin origin) {
        for (PrefixLevel level : origin.v6() ? v6 : v4) {
            Exemption found = level.networks.get(origin.bits() & level.mask);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** How many networks there are, each once. */
    int size() {
        return Stream.concat(Arrays.stream(v4), Arrays.stream(v6))
                .mapToInt(level -> level.networks.size())
                .sum();
    }

    /** Whether any exempt network lies in this one or around it, even if a smaller part of that is taken out again. */
    boolean overlaps(IpNetwork network) {
        Origin base = network.base();
        int at = Collections.binarySearch(exemptBases, base);
        int next = at < 0 ? -at - 1 : at;
        return next < exemptBases.size() && network.contains(exemptBases.get(next))
                || Arrays.stream(base.v6() ? v6 : v4)
                        .map(level -> level.networks().get(base.bits() & level.mask()))
                        .anyMatch(around -> around != null && around.exempt());
    }
}
