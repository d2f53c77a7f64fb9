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
import org.decoymx.policy.Mode;

/** What is found in a listing, beside what a look at every entry finds. */
class LookupProperties {

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
        Table table = table(keys);
        long[] sorted = keys.stream().mapToLong(Long::longValue).toArray();
        long key = sorted.length > one ? sorted[one] : asked;
        for (long about : new long[] {key, key + 1, key - 1, asked}) {
            int expected =
                    (int) Arrays.stream(sorted).filter(each -> each <= about).count() - 1;
            assertThat(table.floor(about)).isEqualTo(expected);
        }
    }

    @Provide
    Arbitrary<Set<Long>> keySets() {
        return keys().set().ofMaxSize(300).map(keys -> new TreeSet<>(keys));
    }

    private static Table table(Set<Long> sorted) {
        Table.Copy copy = new Table.Copy(sorted.size(), 0);
        sorted.forEach(key -> copy.add(key, Times.of(1, 2), 0));
        return copy.table();
    }

    /** An address or a /24 among the few of 10.0.0.0/22 and of the highest network. */
    @Provide
    Arbitrary<Long> v4Keys() {
        return Arbitraries.oneOf(
                        Arbitraries.longs().between(0x0a00_0000L, 0x0a00_03ffL),
                        Arbitraries.longs().between(0xffff_fe00L, 0xffff_ffffL))
                .map(bits -> Key.of(new Origin(false, bits)))
                .flatMap(key -> Arbitraries.frequencyOf(
                        Tuple.of(9, Arbitraries.just(key)), Tuple.of(1, Arbitraries.just(Key.widened(key)))));
    }

    @Provide
    Arbitrary<Set<Long>> v4Sets() {
        return v4Keys().set().ofMaxSize(40).map(LookupProperties::withoutCovered);
    }

    /** A listed network has none of its addresses beside it. */
    private static Set<Long> withoutCovered(Set<Long> keys) {
        TreeSet<Long> left = new TreeSet<>(keys);
        left.removeIf(key -> (key & Key.ADDRESS) == Key.ADDRESS && keys.contains(Key.widened(key)));
        return left;
    }

    @Property
    void find_isTheAddress_orTheNetworkItLiesIn(@ForAll("v4Sets") Set<Long> keys, @ForAll("v4Keys") long asked) {
        Listing listing = new Listing(Instant.EPOCH, Mode.ENFORCE, table(keys), Table.EMPTY);
        Origin origin = new Origin(false, Key.bits(false, asked));
        assertThat(listing.find(origin).map(Listing.Entry::text))
                .isEqualTo(keys.stream()
                        .filter(key -> covers(key, origin.bits()))
                        .findFirst()
                        .map(key -> Listing.Entry.of(false, key, 0, 0).text()));
    }

    private static boolean covers(long key, long bits) {
        int others = 32 - Key.prefix(false, key);
        return Key.bits(false, key) >> others == bits >> others;
    }

    @Property
    void hasAny_isWhatALookAtEveryEntryFinds(
            @ForAll("v4Sets") Set<Long> keys, @ForAll("v4Keys") long asked, @ForAll @IntRange(max = 32) int length) {
        Listing listing = new Listing(Instant.EPOCH, Mode.ENFORCE, table(keys), Table.EMPTY);
        int others = 32 - length;
        long first = Key.bits(false, asked) >> others << others;
        boolean expected = keys.stream().anyMatch(key -> {
            int wider = Math.max(others, 32 - Key.prefix(false, key));
            return Key.bits(false, key) >> wider == first >> wider;
        });
        assertThat(listing.hasAny(new Origin(false, first), length)).isEqualTo(expected);
    }

    @Property
    void hasAny_ofIpv6_isWhatALookAtEveryEntryFinds(
            @ForAll Set<Long> networks, @ForAll long asked, @ForAll @IntRange(max = 64) int length) {
        List<Long> keys = networks.stream()
                .map(bits -> Key.of(new Origin(true, bits)))
                .sorted()
                .toList();
        Listing listing = new Listing(Instant.EPOCH, Mode.ENFORCE, Table.EMPTY, table(new TreeSet<>(keys)));
        long mask = length == 0 ? 0 : -1L << 64 - length;
        assertThat(listing.hasAny(new Origin(true, asked & mask), length))
                .isEqualTo(networks.stream().anyMatch(bits -> (bits & mask) == (asked & mask)));
    }
}
