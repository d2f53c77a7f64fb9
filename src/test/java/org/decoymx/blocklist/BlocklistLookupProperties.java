package org.decoymx.blocklist;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.PolicyMode;

/** A lookup in a blocklist finds what a scan of all entries finds. */
class BlocklistLookupProperties {

    /** Dense numbers, numbers at the ends of the range, and any numbers. */
    private static Arbitrary<Long> numbers() {
        return Arbitraries.oneOf(
                Arbitraries.longs(),
                Arbitraries.longs().between(-40, 40),
                Arbitraries.longs().between(Long.MAX_VALUE - 40, Long.MAX_VALUE),
                Arbitraries.longs().between(Long.MIN_VALUE, Long.MIN_VALUE + 40),
                Arbitraries.longs().between(1L << 33, (1L << 33) + 4_096));
    }

    /** Addresses, many of them in the same /64, and their networks. */
    @Provide
    Arbitrary<IpPrefix> v6Origins() {
        Arbitrary<Long> highs = Arbitraries.oneOf(numbers(), Arbitraries.of(0x2001_0db8_0000_0000L, -1L));
        return Combinators.combine(highs, numbers())
                .as((high, low) -> new IpPrefix(high, low, 128))
                .filter(IpPrefix::v6)
                .flatMap(BlocklistLookupProperties::orNetwork);
    }

    /** An address or a /24 in 10.0.0.0/22 or 255.255.254.0/23. */
    @Provide
    Arbitrary<IpPrefix> v4Origins() {
        return Arbitraries.oneOf(
                        Arbitraries.longs().between(0x0a00_0000L, 0x0a00_03ffL),
                        Arbitraries.longs().between(0xffff_fe00L, 0xffff_ffffL))
                .map(bits -> IpPrefix.ofBits(false, bits))
                .flatMap(BlocklistLookupProperties::orNetwork);
    }

    private static Arbitrary<IpPrefix> orNetwork(IpPrefix address) {
        return Arbitraries.frequencyOf(
                Tuple.of(9, Arbitraries.just(address.hostNetwork())),
                Tuple.of(1, Arbitraries.just(address.neighborhood())));
    }

    @Provide
    Arbitrary<Set<IpPrefix>> v4Sets() {
        return v4Origins().set().ofMaxSize(40).map(BlocklistLookupProperties::withoutCovered);
    }

    @Provide
    Arbitrary<Set<IpPrefix>> v6Sets() {
        return v6Origins().set().ofMaxSize(300).map(BlocklistLookupProperties::withoutCovered);
    }

    /** Removes the addresses of listed networks. */
    private static Set<IpPrefix> withoutCovered(Set<IpPrefix> origins) {
        TreeSet<IpPrefix> remaining = new TreeSet<>(origins);
        remaining.removeIf(origin -> origin.isAddress() && origins.contains(origin.neighborhood()));
        return remaining;
    }

    private static Blocklist blocklist(Set<IpPrefix> origins, boolean v6) {
        SortedTable table = Blocklists.table(origins);
        SortedTable v4Table = v6 ? SortedTable.EMPTY : table;
        return new Blocklist(Instant.EPOCH, PolicyMode.ENFORCE, v4Table, v6 ? table : SortedTable.EMPTY);
    }

    @Property
    void floorIndex_anyKey_isLastKeyThatIsNotHigher(
            @ForAll("v6Sets") Set<IpPrefix> origins,
            @ForAll("v6Origins") IpPrefix queried,
            @ForAll @IntRange(max = 300) int index) {
        SortedTable table = Blocklists.table(origins);
        List<IpPrefix> sorted = List.copyOf(new TreeSet<>(origins));
        IpPrefix other = sorted.size() > index ? sorted.get(index) : queried;
        for (IpPrefix candidate : List.of(other, other.next(), other.lastAddress(), queried)) {
            long high = EntryKey.high(candidate);
            long low = EntryKey.low(candidate);
            int expected = (int) sorted.stream()
                            .filter(each -> EntryKey.high(each) < high
                                    || EntryKey.high(each) == high && EntryKey.low(each) <= low)
                            .count()
                    - 1;
            assertThat(table.floorIndex(high, low)).isEqualTo(expected);
            int exact = expected >= 0 && table.high(expected) == high && table.low(expected) == low ? expected : -1;
            assertThat(table.find(high, low)).isEqualTo(exact);
        }
    }

    @Property
    void key_ofAnyOrigin_givesItBack(@ForAll("v6Origins") IpPrefix v6, @ForAll("v4Origins") IpPrefix v4) {
        for (IpPrefix origin : List.of(v6, v4)) {
            assertThat(EntryKey.origin(origin.v6(), EntryKey.high(origin), EntryKey.low(origin)))
                    .isEqualTo(origin);
        }
    }

    private static void assertFound(Blocklist blocklist, Set<IpPrefix> origins, IpPrefix queried) {
        Optional<IpPrefix> expected =
                origins.stream().filter(each -> each.contains(queried)).findFirst();
        assertThat(blocklist.findEntry(queried).map(Blocklist.BlocklistEntry::network))
                .isEqualTo(expected);
    }

    @Property
    void findEntry_ipv4Address_isItsEntryOrItsNetwork(
            @ForAll("v4Sets") Set<IpPrefix> origins, @ForAll("v4Origins") IpPrefix queried) {
        assertFound(blocklist(origins, false), origins, IpPrefix.ofBits(false, queried.bits()));
    }

    @Property
    void findEntry_ipv6Address_isItsEntryOrItsNetwork(
            @ForAll("v6Sets") Set<IpPrefix> origins, @ForAll("v6Origins") IpPrefix queried) {
        Blocklist blocklist = blocklist(origins, true);
        assertFound(blocklist, origins, queried);
        origins.forEach(origin -> assertFound(blocklist, origins, origin.lastAddress()));
    }

    @Property
    void overlaps_ipv4Network_matchesScanOfEntries(
            @ForAll("v4Sets") Set<IpPrefix> origins,
            @ForAll("v4Origins") IpPrefix queried,
            @ForAll @IntRange(max = 32) int length) {
        assertOverlaps(origins, queried.lastAddress().around(length));
    }

    @Property
    void overlaps_ipv6Network_matchesScanOfEntries(
            @ForAll("v6Sets") Set<IpPrefix> origins,
            @ForAll("v6Origins") IpPrefix queried,
            @ForAll @IntRange(max = 300) int index,
            @ForAll @IntRange(max = 128) int length) {
        List<IpPrefix> listed = List.copyOf(origins);
        IpPrefix address = index < listed.size() ? listed.get(index) : queried;
        assertOverlaps(origins, address.lastAddress().around(length));
    }

    private static void assertOverlaps(Set<IpPrefix> origins, IpPrefix network) {
        assertThat(blocklist(origins, network.v6()).overlaps(network))
                .as("%s", network)
                .isEqualTo(origins.stream().anyMatch(each -> each.contains(network) || network.contains(each)));
    }
}
