package org.decoymx.feed;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.decoymx.blocklist.Listing.Entry;

/** Any networks, none of which overlap, in the order of a listing. */
final class Networks {
    private static final Span LOOPBACK = Span.parse("127.0.0.0/30");

    private Networks() {}

    /** Of any prefix; often side by side. */
    static Arbitrary<List<Entry>> any() {
        return Combinators.combine(
                        family(false, 32, 24).list().ofMaxSize(30),
                        family(true, 64, 52).list().ofMaxSize(20))
                .as(Networks::disjoint);
    }

    private static Arbitrary<Entry> family(boolean v6, int most, int least) {
        Arbitrary<Long> any = Arbitraries.longs().map(bits -> v6 ? bits : bits & 0xffff_ffffL);
        Arbitrary<Long> near =
                Arbitraries.longs().between(0, 40).map(bits -> (v6 ? 0x20010db8L << 32 : 0xc0000200L) + bits);
        Arbitrary<Integer> prefix = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(12, Arbitraries.just(most)),
                net.jqwik.api.Tuple.of(4, Arbitraries.integers().between(least, most)),
                net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(0, most)));
        return Combinators.combine(Arbitraries.oneOf(any, near), prefix, Arbitraries.longs())
                .as((bits, length, why) -> new Entry(v6, masked(bits, length, most), length, 0, 1, why));
    }

    private static long masked(long bits, int prefix, int width) {
        return prefix == 0 ? 0 : bits & -1L << width - prefix & (width == 64 ? -1L : 0xffff_ffffL);
    }

    private static List<Entry> disjoint(List<Entry> v4, List<Entry> v6) {
        List<Entry> kept = new ArrayList<>();
        List<Entry> all = new ArrayList<>(v4);
        all.addAll(v6);
        for (Entry entry : all) {
            Span span = Span.of(entry);
            boolean overlaps = kept.stream().anyMatch(other -> Span.of(other).overlaps(span));
            if (!overlaps && !span.overlaps(LOOPBACK)) {
                kept.add(entry);
            }
        }
        kept.sort(Comparator.comparing(Entry::v6).thenComparing(Entry::bits, Long::compareUnsigned));
        return kept;
    }
}
