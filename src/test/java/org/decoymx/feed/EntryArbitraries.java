package org.decoymx.feed;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/** Generates networks without overlaps, in the order of a blocklist. */
final class EntryArbitraries {
    private static final AddressRange LOOPBACK = AddressRange.parse("127.0.0.0/30");

    private EntryArbitraries() {}

    /** Networks with any prefix, many of them adjacent. */
    static Arbitrary<List<BlocklistEntry>> disjointEntries() {
        return Combinators.combine(
                        entriesOfFamily(false, 32, 24).list().ofMaxSize(30),
                        entriesOfFamily(true, 64, 52).list().ofMaxSize(20))
                .as(EntryArbitraries::removeOverlaps);
    }

    private static Arbitrary<BlocklistEntry> entriesOfFamily(boolean v6, int maxPrefix, int minPrefix) {
        Arbitrary<Long> any = Arbitraries.longs().map(bits -> v6 ? bits : bits & 0xffff_ffffL);
        Arbitrary<Long> nearby =
                Arbitraries.longs().between(0, 40).map(bits -> (v6 ? 0x20010db8L << 32 : 0xc0000200L) + bits);
        Arbitrary<Integer> prefix = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(12, Arbitraries.just(maxPrefix)),
                net.jqwik.api.Tuple.of(4, Arbitraries.integers().between(minPrefix, maxPrefix)),
                net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(0, maxPrefix)));
        return Combinators.combine(Arbitraries.oneOf(any, nearby), prefix, Arbitraries.longs())
                .as((bits, length, reason) ->
                        new BlocklistEntry(v6, mask(bits, length, maxPrefix), length, 0, 1, reason));
    }

    private static long mask(long bits, int prefix, int width) {
        return prefix == 0 ? 0 : bits & -1L << width - prefix & (width == 64 ? -1L : 0xffff_ffffL);
    }

    private static List<BlocklistEntry> removeOverlaps(List<BlocklistEntry> v4, List<BlocklistEntry> v6) {
        List<BlocklistEntry> accepted = new ArrayList<>();
        List<BlocklistEntry> all = new ArrayList<>(v4);
        all.addAll(v6);
        for (BlocklistEntry entry : all) {
            AddressRange range = AddressRange.of(entry);
            boolean overlaps =
                    accepted.stream().anyMatch(other -> AddressRange.of(other).overlaps(range));
            if (!overlaps && !range.overlaps(LOOPBACK)) {
                accepted.add(entry);
            }
        }
        accepted.sort(
                Comparator.comparing(BlocklistEntry::v6).thenComparing(BlocklistEntry::bits, Long::compareUnsigned));
        return accepted;
    }
}
