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
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.PolicyMode;

/** A lookup in a blocklist finds what a scan of all entries finds. */
class BlocklistLookupProperties {

    /** Dense keys, keys at the ends of the range, and any keys. */
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
    void floorIndex_anyKey_isLastKeyThatIsNotHigher(
            @ForAll("keySets") Set<Long> keys, @ForAll("keys") long queried, @ForAll @IntRange(max = 300) int index) {
        SortedTable table = table(keys);
        long[] sorted = keys.stream().mapToLong(Long::longValue).toArray();
        long key = sorted.length > index ? sorted[index] : queried;
        for (long candidate : new long[] {key, key + 1, key - 1, queried}) {
            int expected = (int) Arrays.stream(sorted)
                            .filter(each -> each <= candidate)
                            .count()
                    - 1;
            assertThat(table.floorIndex(candidate)).isEqualTo(expected);
        }
    }

    @Provide
    Arbitrary<Set<Long>> keySets() {
        return keys().set().ofMaxSize(300).map(keys -> new TreeSet<>(keys));
    }

    private static SortedTable table(Set<Long> sorted) {
        SortedTable.SortedTableBuilder builder = new SortedTable.SortedTableBuilder(sorted.size(), 0);
        sorted.forEach(key -> builder.add(key, ListedInterval.pack(1, 2), 0));
        return builder.build();
    }

    /** An address or a /24 in 10.0.0.0/22 or 255.255.254.0/23. */
    @Provide
    Arbitrary<Long> v4Keys() {
        return Arbitraries.oneOf(
                        Arbitraries.longs().between(0x0a00_0000L, 0x0a00_03ffL),
                        Arbitraries.longs().between(0xffff_fe00L, 0xffff_ffffL))
                .map(bits -> EntryKey.of(IpPrefix.ofBits(false, bits)))
                .flatMap(key -> Arbitraries.frequencyOf(
                        Tuple.of(9, Arbitraries.just(key)), Tuple.of(1, Arbitraries.just(EntryKey.networkKey(key)))));
    }

    @Provide
    Arbitrary<Set<Long>> v4Sets() {
        return v4Keys().set().ofMaxSize(40).map(BlocklistLookupProperties::withoutCovered);
    }

    /** Removes the addresses of listed networks. */
    private static Set<Long> withoutCovered(Set<Long> keys) {
        TreeSet<Long> remaining = new TreeSet<>(keys);
        remaining.removeIf(key ->
                (key & EntryKey.ADDRESS_FLAG) == EntryKey.ADDRESS_FLAG && keys.contains(EntryKey.networkKey(key)));
        return remaining;
    }

    @Property
    void findEntry_ipv4Address_isItsEntryOrItsNetwork(
            @ForAll("v4Sets") Set<Long> keys, @ForAll("v4Keys") long queried) {
        Blocklist blocklist = new Blocklist(Instant.EPOCH, PolicyMode.ENFORCE, table(keys), SortedTable.EMPTY);
        IpPrefix origin = IpPrefix.ofBits(false, EntryKey.originBits(false, queried));
        assertThat(blocklist.findEntry(origin).map(Blocklist.BlocklistEntry::text))
                .isEqualTo(keys.stream()
                        .filter(key -> covers(key, origin.bits()))
                        .findFirst()
                        .map(key ->
                                Blocklist.BlocklistEntry.of(false, key, 0, 0).text()));
    }

    private static boolean covers(long key, long bits) {
        int hostBits = 32 - EntryKey.prefixLength(false, key);
        return EntryKey.originBits(false, key) >> hostBits == bits >> hostBits;
    }

    @Property
    void overlaps_ipv4Network_matchesScanOfEntries(
            @ForAll("v4Sets") Set<Long> keys, @ForAll("v4Keys") long queried, @ForAll @IntRange(max = 32) int length) {
        Blocklist blocklist = new Blocklist(Instant.EPOCH, PolicyMode.ENFORCE, table(keys), SortedTable.EMPTY);
        int hostBits = 32 - length;
        long first = EntryKey.originBits(false, queried) >> hostBits << hostBits;
        boolean expected = keys.stream().anyMatch(key -> {
            int maxHostBits = Math.max(hostBits, 32 - EntryKey.prefixLength(false, key));
            return EntryKey.originBits(false, key) >> maxHostBits == first >> maxHostBits;
        });
        assertThat(blocklist.overlaps(IpPrefix.ofBits(false, first).around(length)))
                .isEqualTo(expected);
    }

    @Property
    void overlaps_ipv6Network_matchesScanOfEntries(
            @ForAll Set<Long> networks, @ForAll long queried, @ForAll @IntRange(max = 64) int length) {
        List<Long> keys = networks.stream()
                .map(bits -> EntryKey.of(IpPrefix.ofBits(true, bits)))
                .sorted()
                .toList();
        Blocklist blocklist =
                new Blocklist(Instant.EPOCH, PolicyMode.ENFORCE, SortedTable.EMPTY, table(new TreeSet<>(keys)));
        long mask = length == 0 ? 0 : -1L << 64 - length;
        assertThat(blocklist.overlaps(IpPrefix.ofBits(true, queried & mask).around(length)))
                .isEqualTo(networks.stream().anyMatch(bits -> (bits & mask) == (queried & mask)));
    }
}
