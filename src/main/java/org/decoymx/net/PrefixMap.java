package org.decoymx.net;

import it.unimi.dsi.fastutil.objects.Object2ObjectOpenHashMap;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Collection;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Values by network, for longest prefix match: one look-up for each prefix length in use. Immutable.
 *
 * @param <V> the type of the values
 */
public final class PrefixMap<V> {
    private final Object2ObjectOpenHashMap<IpPrefix, V> values;
    private final IpPrefix[] sorted;

    /** The {@link IpPrefix#maskLength}s in use, the longest first. */
    private final int[] v4Lengths;

    private final int[] v6Lengths;

    private PrefixMap(Object2ObjectOpenHashMap<IpPrefix, V> values) {
        this.values = values;
        sorted = values.keySet().toArray(IpPrefix[]::new);
        Arrays.sort(sorted);
        v4Lengths = lengths(false);
        v6Lengths = lengths(true);
    }

    private int[] lengths(boolean v6) {
        return Arrays.stream(sorted)
                .filter(network -> network.v6() == v6)
                .mapToInt(network -> -network.maskLength())
                .distinct()
                .sorted()
                .map(length -> -length)
                .toArray();
    }

    /**
     * Maps the network of each element to it.
     *
     * @param elements the values
     * @param network the network of a value
     * @param merge which of two values of the same network to use
     */
    public static <V> PrefixMap<V> of(Collection<V> elements, Function<V, IpPrefix> network, BinaryOperator<V> merge) {
        Object2ObjectOpenHashMap<IpPrefix, V> values = new Object2ObjectOpenHashMap<>(elements.size());
        elements.forEach(value -> values.merge(network.apply(value), value, merge));
        return new PrefixMap<>(values);
    }

    /**
     * A set of networks.
     *
     * @param cidrs addresses and networks, see {@link IpText#parseNetwork}
     * @throws IllegalArgumentException if an element is not valid; the message quotes it
     */
    public static PrefixMap<IpPrefix> parse(Collection<String> cidrs) {
        return of(cidrs.stream().map(IpText::parseNetwork).toList(), Function.identity(), (one, other) -> one);
    }

    /** The value of the smallest network that contains this one; null if there is none. */
    public @Nullable V findLongestMatch(IpPrefix network) {
        for (int length : network.v6() ? v6Lengths : v4Lengths) {
            V found = length > network.maskLength() ? null : values.get(network.masked(length));
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** Whether a network contains an address. */
    public boolean contains(InetAddress address) {
        return findLongestMatch(IpPrefix.of(address)) != null;
    }

    /** Whether a network that overlaps this one has a value that matches. */
    public boolean anyOverlapMatches(IpPrefix network, Predicate<V> predicate) {
        int index = Arrays.binarySearch(sorted, network);
        return IntStream.of(network.v6() ? v6Lengths : v4Lengths)
                        .filter(length -> length < network.maskLength())
                        .mapToObj(length -> values.get(network.masked(length)))
                        .anyMatch(value -> value != null && predicate.test(value))
                || Arrays.stream(sorted, index < 0 ? -index - 1 : index, sorted.length)
                        .takeWhile(network::contains)
                        .anyMatch(inside -> predicate.test(values.get(inside)));
    }

    /** The number of distinct networks. */
    public int size() {
        return values.size();
    }

    /** Whether there is no network. */
    public boolean isEmpty() {
        return values.isEmpty();
    }
}
