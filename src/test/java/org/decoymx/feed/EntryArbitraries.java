package org.decoymx.feed;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/** Any networks, none of which overlap, in the order of a listing. */
final class EntryArbitraries {
    private static final AddressRange LOOPBACK = AddressRange.parse("127.0.0.0/30");

    private EntryArbitraries() {}

    /** Of any prefix; often side by side. */
    static Arbitrary<List<BlocklistEntry>> disjointEntries() {
        return Combinators.combine(
                        family(false, 32, 24).list().ofMaxSize(30),
                        family(true, 64, 52).list().ofMaxSize(20))
                .as(EntryArbitraries::disjoint);
    }

    private static Arbitrary<BlocklistEntry> family(boolean v6, int most, int least) {
        Arbitrary<Long> any = Arbitraries.longs().map(bits -> v6 ? bits : bits & 0xffff_ffffL);
        Arbitrary<Long> near =
                Arbitraries.longs().between(0, 40).map(bits -> (v6 ? 0x20010db8L << 32 : 0xc0000200L) + bits);
        Arbitrary<Integer> prefix = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(12, Arbitraries.just(most)),
                net.jqwik.api.Tuple.of(4, Arbitraries.integers().between(least, most)),
                net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(0, most)));
        return Combinators.combine(Arbitraries.oneOf(any, near), prefix, Arbitraries.longs())
                .as((bits, length, why) -> new BlocklistEntry(v6, masked(bits, length, most), length, 0, 1, why));
    }

    private static long masked(long bits, int prefix, int width) {
        return prefix == 0 ? 0 : bits & -1L << width - prefix & (width == 64 ? -1L : 0xffff_ffffL);
    }

    private static List<BlocklistEntry> disjoint(List<BlocklistEntry> v4, List<BlocklistEntry> v6) {
        List<BlocklistEntry> kept = new ArrayList<>();
        List<BlocklistEntry> all = new ArrayList<>(v4);
        all.addAll(v6);
        for (BlocklistEntry entry : all) {
            AddressRange span = AddressRange.of(entry);
            boolean overlaps =
                    kept.stream().anyMatch(other -> AddressRange.of(other).overlaps(span));
            if (!overlaps && !span.overlaps(LOOPBACK)) {
                kept.add(entry);
            }
        }
        kept.sort(Comparator.comparing(BlocklistEntry::v6).thenComparing(BlocklistEntry::bits, Long::compareUnsigned));
        return kept;
    }
}
