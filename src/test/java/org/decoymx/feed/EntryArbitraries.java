package org.decoymx.feed;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.net.IpPrefix;

/** Generates networks without overlaps, in the order of a blocklist. */
final class EntryArbitraries {
    private static final AddressRange LOOPBACK = AddressRange.parse("127.0.0.0/30");

    private EntryArbitraries() {}

    /** Networks with any prefix, many of them adjacent. */
    static Arbitrary<List<BlocklistEntry>> disjointEntries() {
        return Combinators.combine(
                        entriesOfFamily(false, 32, 24).list().ofMaxSize(30),
                        entriesOfFamily(true, 128, 118).list().ofMaxSize(20))
                .as(EntryArbitraries::removeOverlaps);
    }

    private static Arbitrary<BlocklistEntry> entriesOfFamily(boolean v6, int maxPrefix, int minPrefix) {
        Arbitrary<IpPrefix> any = Arbitraries.longs().flatMap(high -> Arbitraries.longs()
                .map(low -> v6 ? new IpPrefix(high, low, 128) : IpPrefix.ofBits(false, low & 0xffff_ffffL)));
        Arbitrary<IpPrefix> nearby = Arbitraries.longs()
                .between(0, 40)
                .map(bits -> v6
                        ? new IpPrefix(0x20010db8L << 32 | bits >> 4, bits & 15, 128)
                        : IpPrefix.ofBits(false, 0xc0000200L + bits));
        Arbitrary<Integer> prefix = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(12, Arbitraries.just(maxPrefix)),
                net.jqwik.api.Tuple.of(v6 ? 3 : 0, Arbitraries.just(64)),
                net.jqwik.api.Tuple.of(4, Arbitraries.integers().between(minPrefix, maxPrefix)),
                net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(0, maxPrefix)));
        return Combinators.combine(Arbitraries.oneOf(any, nearby), prefix, Arbitraries.longs())
                .as((address, length, reason) -> new BlocklistEntry(address.around(length), 0, 1, reason));
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
        accepted.sort(Comparator.comparing(BlocklistEntry::network));
        return accepted;
    }
}
