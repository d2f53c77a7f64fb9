package org.decoymx.blocklist;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.PolicyMode;

/** What is found in a listing, beside what a look at every entry finds. */
class BlocklistLookupProperties {

    /** Crowded, at the ends of the range, and anywhere. */
    @Provide
    Arbitrary<Long> keys() {
        return Arbitraries.oneOf(
                Arbitraries.longs(),
                Arbitraries.longs().between(-40, 40),
                Arbitraries.longs().between(Long.MAX_VALUE - 40, Long.MAX_VALUE),
                Arbitraries.longs().between(Long.MIN_VALUE, Long.MIN_VALUE + 40),
                Arbitraries.longs().between(1L << 33, (1L << 33) + 4_096));
    }

    @Property
    void floor_isTheLastThatIsNoHigher(
            @ForAll("keySets") Set<Long> keys, @ForAll("keys") long asked, @ForAll @IntRange(max = 300) int one) {
        SortedTable table = table(keys);
        long[] sorted = keys.stream().mapToLong(Long::longValue).toArray();
        long key = sorted.length > one ? sorted[one] : asked;
        for (long about : new long[] {key, key + 1, key - 1, asked}) {
            int expected =
                    (int) Arrays.stream(sorted).filter(each -> each <= about).count() - 1;
            assertThat(table.floorIndex(about)).isEqualTo(expected);
        }
    }

    @Provide
    Arbitrary<Set<Long>> keySets() {
        return keys().set().ofMaxSize(300).map(keys -> new TreeSet<>(keys));
    }

    private static SortedTable table(Set<Long> sorted) {
        SortedTable.SortedTableBuilder copy = new SortedTable.SortedTableBuilder(sorted.size(), 0);
        sorted.forEach(key -> copy.add(key, ListedInterval.pack(1, 2), 0));
        return copy.build();
    }

    /** An address or a /24 among the few of 10.0.0.0/22 and of the highest network. */
    @Provide
    Arbitrary<Long> v4Keys() {
        return Arbitraries.oneOf(
                        Arbitraries.longs().between(0x0a00_0000L, 0x0a00_03ffL),
                        Arbitraries.longs().between(0xffff_fe00L, 0xffff_ffffL))
                .map(bits -> EntryKey.of(new Origin(false, bits)))
                .flatMap(key -> Arbitraries.frequencyOf(
                        Tuple.of(9, Arbitraries.just(key)), Tuple.of(1, Arbitraries.just(EntryKey.networkKey(key)))));
    }

    @Provide
    Arbitrary<Set<Long>> v4Sets() {
        return v4Keys().set().ofMaxSize(40).map(BlocklistLookupProperties::withoutCovered);
    }

    /** A listed network has none of its addresses beside it. */
    private static Set<Long> withoutCovered(Set<Long> keys) {
        TreeSet<Long> left = new TreeSet<>(keys);
        left.removeIf(key ->
                (key & EntryKey.ADDRESS_FLAG) == EntryKey.ADDRESS_FLAG && keys.contains(EntryKey.networkKey(key)));
        return left;
    }

    @Property
    void find_isTheAddress_orTheNetworkItLiesIn(@ForAll("v4Sets") Set<Long> keys, @ForAll("v4Keys") long asked) {
        Blocklist listing = new Blocklist(Instant.EPOCH, PolicyMode.ENFORCE, table(keys), SortedTable.EMPTY);
        Origin origin = new Origin(false, EntryKey.originBits(false, asked));
        assertThat(listing.findEntry(origin).map(Blocklist.BlocklistEntry::text))
                .isEqualTo(keys.stream()
                        .filter(key -> covers(key, origin.bits()))
                        .findFirst()
                        .map(key ->
                                Blocklist.BlocklistEntry.of(false, key, 0, 0).text()));
    }

    private static boolean covers(long key, long bits) {
        int others = 32 - EntryKey.prefixLength(false, key);
        return EntryKey.originBits(false, key) >> others == bits >> others;
    }

    @Property
    void hasAny_isWhatALookAtEveryEntryFinds(
            @ForAll("v4Sets") Set<Long> keys, @ForAll("v4Keys") long asked, @ForAll @IntRange(max = 32) int length) {
        Blocklist listing = new Blocklist(Instant.EPOCH, PolicyMode.ENFORCE, table(keys), SortedTable.EMPTY);
        int others = 32 - length;
        long first = EntryKey.originBits(false, asked) >> others << others;
        boolean expected = keys.stream().anyMatch(key -> {
            int wider = Math.max(others, 32 - EntryKey.prefixLength(false, key));
            return EntryKey.originBits(false, key) >> wider == first >> wider;
        });
        assertThat(listing.overlaps(new Origin(false, first), length)).isEqualTo(expected);
    }

    @Property
    void hasAny_ofIpv6_isWhatALookAtEveryEntryFinds(
            @ForAll Set<Long> networks, @ForAll long asked, @ForAll @IntRange(max = 64) int length) {
        List<Long> keys = networks.stream()
                .map(bits -> EntryKey.of(new Origin(true, bits)))
                .sorted()
                .toList();
        Blocklist listing =
                new Blocklist(Instant.EPOCH, PolicyMode.ENFORCE, SortedTable.EMPTY, table(new TreeSet<>(keys)));
        long mask = length == 0 ? 0 : -1L << 64 - length;
        assertThat(listing.overlaps(new Origin(true, asked & mask), length))
                .isEqualTo(networks.stream().anyMatch(bits -> (bits & mask) == (asked & mask)));
    }
}
