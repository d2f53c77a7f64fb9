package org.decoymx.blocklist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.StreamSupport;
import org.decoymx.blocklist.Listing.Entry;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.Mode;
import org.junit.jupiter.api.Test;

class ListingTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final long SINCE = T.getEpochSecond();
    private static final long UNTIL = SINCE + 3_600;
    private static final List<String> SORTED = List.of(
            "0.0.0.0",
            "9.0.0.1",
            "127.255.255.255",
            "128.0.0.0",
            "255.255.255.255",
            "::/64",
            "2001:db8::/64",
            "7fff:ffff:ffff:ffff::/64",
            "8000::/64",
            "ffff:ffff:ffff:ffff::/64");

    private static Origin origin(String text) {
        return Origin.parse(text.replace("/64", "")).orElseThrow();
    }

    private static Listing listing(List<String> origins) {
        Family v4 = new Family();
        Family v6 = new Family();
        for (String text : origins) {
            Origin origin = origin(text);
            (origin.v6() ? v6 : v4).note(Key.of(origin), Times.of(SINCE, UNTIL), 0);
        }
        v4.fold(SINCE);
        v6.fold(SINCE);
        return new Listing(T, Mode.ENFORCE, v4.table(), v6.table());
    }

    @Test
    void entries_inWhateverOrderTheyCame_areInOrderOfTheirAddresses() {
        List<String> mixed = List.of(
                SORTED.get(8),
                SORTED.get(3),
                SORTED.get(9),
                SORTED.get(0),
                SORTED.get(5),
                SORTED.get(7),
                SORTED.get(4),
                SORTED.get(2),
                SORTED.get(6),
                SORTED.get(1));
        Listing listing = listing(mixed);
        assertThat(listing.size()).isEqualTo(10);
        assertThat(listing).extracting(entry -> entry.origin().toString()).isEqualTo(SORTED);
        assertThat(StreamSupport.stream(listing.spliterator(), false).map(Entry::origin))
                .isSorted();
    }

    @Test
    void find_ofEachThatIsListed_hasItsTimes() {
        Listing listing = listing(SORTED);
        for (String text : SORTED) {
            Origin origin = origin(text);
            assertThat(listing.find(origin))
                    .contains(new Entry(origin.v6(), origin.bits(), origin.v6() ? 64 : 32, SINCE, UNTIL, 0));
        }
    }

    @Test
    void find_ofOthers_isEmpty() {
        Listing listing = listing(SORTED);
        for (String text : List.of("0.0.0.1", "9.0.0.0", "127.255.255.254", "128.0.0.1", "255.255.255.254")) {
            assertThat(listing.find(origin(text))).as(text).isEmpty();
        }
        for (String text : List.of("0:0:0:1::", "2001:db8:0:1::", "8000:0:0:1::", "ffff:ffff:ffff:fffe::")) {
            assertThat(listing.find(origin(text))).as(text).isEmpty();
        }
    }

    @Test
    void addressOfOneFamily_isNotFound_asANumberOfTheOther() {
        assertThat(listing(List.of("0.0.0.0")).find(origin("::"))).isEmpty();
        assertThat(listing(List.of("::/64")).find(origin("0.0.0.0"))).isEmpty();
        assertThat(listing(List.of("192.0.2.1"))
                        .find(new Origin(true, origin("192.0.2.1").bits())))
                .isEmpty();
    }

    @Test
    void empty_hasNothing() {
        Listing empty = listing(List.of());
        assertThat(empty.size()).isZero();
        assertThat(empty.find(origin("192.0.2.1"))).isEmpty();
        Iterator<Entry> entries = empty.iterator();
        assertThat(entries.hasNext()).isFalse();
        assertThatThrownBy(entries::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void times_ofUnsigned32Bits_areKept_andOthersAreTheNearest() {
        long most = 0xffff_ffffL;
        assertThat(Times.until(Times.of(SINCE, most))).isEqualTo(most);
        assertThat(Times.since(Times.of(most, most))).isEqualTo(most);
        assertThat(Times.since(Times.of(0x8000_0000L, most))).isEqualTo(0x8000_0000L);
        assertThat(Times.until(Times.of(SINCE, most + 1))).isEqualTo(most);
        assertThat(Times.since(Times.of(-1, most))).isZero();
    }
}
