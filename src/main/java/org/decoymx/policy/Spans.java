package org.decoymx.policy;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What networks of one family cover, as spans that lie apart, in order: one look tells whether another network meets any. */
final class Spans {
    /** By number, and of those that begin together the largest first. */
    private static final Comparator<Network> ORDER =
            Comparator.comparingLong(Spans::first).thenComparingInt(Network::prefix);

    private final long[] firsts;
    private final long[] lasts;

    private Spans(long[] firsts, long[] lasts) {
        this.firsts = firsts;
        this.lasts = lasts;
    }

    /** Two networks are apart, or one lies in the other; so of those that overlap the first in order has all of them. */
    static Spans of(Stream<Network> networks) {
        List<Network> sorted = networks.sorted(ORDER).toList();
        long[] firsts = new long[sorted.size()];
        long[] lasts = new long[sorted.size()];
        int size = 0;
        for (Network network : sorted) {
            if (size == 0 || first(network) > lasts[size - 1]) {
                firsts[size] = first(network);
                lasts[size++] = last(network);
            }
        }
        return new Spans(Arrays.copyOf(firsts, size), Arrays.copyOf(lasts, size));
    }

    boolean overlaps(Network network) {
        int at = Arrays.binarySearch(firsts, last(network));
        int floor = at < 0 ? -at - 2 : at;
        return floor >= 0 && lasts[floor] >= first(network);
    }

    /** A network's first origin, as a number in whose signed order they stand. */
    private static long first(Network network) {
        return ordered(network, network.base().bits());
    }

    private static long last(Network network) {
        long all = network.base().v6() ? -1L : 0xffff_ffffL;
        long hosts = network.prefix() == Long.SIZE ? 0 : all >>> network.prefix();
        return ordered(network, network.base().bits() | hosts);
    }

    private static long ordered(Network network, long bits) {
        return network.base().v6() ? bits ^ Long.MIN_VALUE : bits;
    }
}
