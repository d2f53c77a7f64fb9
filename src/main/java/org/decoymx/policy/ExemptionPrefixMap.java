package org.decoymx.policy;

import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.decoymx.net.IpPrefix;
import org.jspecify.annotations.Nullable;

/** Networks for longest prefix match: one hash table for each prefix length in use. Immutable. */
final class ExemptionPrefixMap {
    static final ExemptionPrefixMap EMPTY = of(List.of());

    private final PrefixLevel[] v4;
    private final PrefixLevel[] v6;

    /** The first origin of each exempt network, sorted. */
    private final List<IpPrefix> exemptBases;

    private record PrefixLevel(long mask, Long2ObjectOpenHashMap<Exemption> networks) {}

    private ExemptionPrefixMap(PrefixLevel[] v4, PrefixLevel[] v6) {
        this.v4 = v4;
        this.v6 = v6;
        exemptBases = Stream.of(v4, v6)
                .flatMap(Arrays::stream)
                .flatMap(level -> level.networks().values().stream())
                .filter(Exemption::exempt)
                .map(exemption -> IpPrefix.ofBits(
                        exemption.network().v6(), exemption.network().bits()))
                .sorted()
                .toList();
    }

    static ExemptionPrefixMap of(Collection<List<Exemption>> sources) {
        return new ExemptionPrefixMap(buildLevels(sources, false), buildLevels(sources, true));
    }

    /** Sorts the longest prefix first. The tables are allocated in their final size, because rehashing is slow. */
    private static PrefixLevel[] buildLevels(Collection<List<Exemption>> sources, boolean v6) {
        int width = v6 ? Long.SIZE : Integer.SIZE;
        List<Long2ObjectOpenHashMap<Exemption>> tables = IntStream.of(countByPrefixLength(sources, v6, width))
                .mapToObj(Long2ObjectOpenHashMap<Exemption>::new)
                .toList();
        for (List<Exemption> source : sources) {
            for (Exemption exemption : source) {
                IpPrefix network = exemption.network();
                if (network.v6() == v6) {
                    tables.get(network.prefixLength())
                            .merge(network.bits(), exemption, ExemptionPrefixMap::preferNegated);
                }
            }
        }
        return IntStream.rangeClosed(0, width)
                .map(i -> width - i)
                .filter(prefix -> !tables.get(prefix).isEmpty())
                .mapToObj(prefix -> new PrefixLevel(prefix == 0 ? 0 : -1L << (width - prefix), tables.get(prefix)))
                .toArray(PrefixLevel[]::new);
    }

    private static int[] countByPrefixLength(Collection<List<Exemption>> sources, boolean v6, int width) {
        int[] counts = new int[width + 1];
        for (List<Exemption> source : sources) {
            for (Exemption exemption : source) {
                if (exemption.network().v6() == v6) {
                    counts[exemption.network().prefixLength()]++;
                }
            }
        }
        return counts;
    }

    /** Of two exemptions of the same network, the negated one wins; otherwise the first. */
    private static Exemption preferNegated(Exemption one, Exemption other) {
        return one.exempt() && !other.exempt() ? other : one;
    }

    /** The smallest network that contains an origin; null if there is none. */
    @Nullable
    Exemption findLongestMatch(IpPrefix origin) {
        for (PrefixLevel level : origin.v6() ? v6 : v4) {
            Exemption found = level.networks.get(origin.bits() & level.mask);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** The number of distinct networks. */
    int size() {
        return Stream.concat(Arrays.stream(v4), Arrays.stream(v6))
                .mapToInt(level -> level.networks.size())
                .sum();
    }

    /** Whether any exempt network overlaps this one, even if a part of that is negated. */
    boolean overlaps(IpPrefix network) {
        IpPrefix base = IpPrefix.ofBits(network.v6(), network.bits());
        int index = Collections.binarySearch(exemptBases, base);
        int next = index < 0 ? -index - 1 : index;
        return next < exemptBases.size() && network.contains(exemptBases.get(next))
                || Arrays.stream(base.v6() ? v6 : v4)
                        .map(level -> level.networks().get(base.bits() & level.mask()))
                        .anyMatch(match -> match != null && match.exempt());
    }
}
