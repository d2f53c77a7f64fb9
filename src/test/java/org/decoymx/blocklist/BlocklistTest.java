package org.decoymx.blocklist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.stream.StreamSupport;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.PolicyMode;
import org.junit.jupiter.api.Test;

class BlocklistTest {
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
            "::1",
            "2001:db8::/64",
            "2001:db8::1",
            "2001:db8:0:0:8000::",
            "2001:db8::ffff:ffff:ffff:ffff",
            "7fff:ffff:ffff:ffff::/64",
            "8000::/64",
            "ffff:ffff:ffff:ffff::/64");

    private static IpPrefix origin(String text) {
        return IpText.parseHostNetwork(text.replace("/64", "")).orElseThrow();
    }

    private static Blocklist blocklist(List<String> origins) {
        AddressFamilyTable v4 = new AddressFamilyTable();
        AddressFamilyTable v6 = new AddressFamilyTable();
        for (String text : origins) {
            IpPrefix origin = origin(text);
            (origin.v6() ? v6 : v4).update(origin, ListedInterval.pack(SINCE, UNTIL), 0);
        }
        v4.applyChanges(SINCE);
        v6.applyChanges(SINCE);
        return new Blocklist(T, PolicyMode.ENFORCE, v4.table(), v6.table());
    }

    @Test
    void entries_addedInAnyOrder_areSortedByAddress() {
        List<String> unsorted = new ArrayList<>(SORTED);
        Collections.shuffle(unsorted, new Random(1));
        Blocklist blocklist = blocklist(unsorted);
        assertThat(blocklist.size()).isEqualTo(14);
        assertThat(blocklist).extracting(entry -> entry.network().toString()).isEqualTo(SORTED);
        assertThat(StreamSupport.stream(blocklist.spliterator(), false).map(BlocklistEntry::network))
                .isSorted();
    }

    @Test
    void findEntry_listedOrigin_hasItsInterval() {
        Blocklist blocklist = blocklist(SORTED);
        for (String text : SORTED) {
            IpPrefix origin = origin(text);
            assertThat(blocklist.findEntry(origin)).contains(new BlocklistEntry(origin, SINCE, UNTIL, 0));
        }
    }

    @Test
    void findEntry_unlistedOrigin_isEmpty() {
        Blocklist blocklist = blocklist(SORTED);
        for (String text : List.of("0.0.0.1", "9.0.0.0", "127.255.255.254", "128.0.0.1", "255.255.255.254")) {
            assertThat(blocklist.findEntry(origin(text))).as(text).isEmpty();
        }
        for (String text :
                List.of("0:0:0:1::", "2001:db8:0:1::", "2001:db8:0:1::1", "8000:0:0:1::", "ffff:ffff:ffff:fffe::1")) {
            assertThat(blocklist.findEntry(origin(text))).as(text).isEmpty();
        }
    }

    @Test
    void findEntry_ipv6Address_isItsEntry_elseItsNetwork() {
        Blocklist blocklist = blocklist(List.of("2001:db8::/64", "2001:db8::1", "2001:db8:0:1::1"));
        assertThat(blocklist.findEntry(origin("2001:db8::1")).orElseThrow().text())
                .isEqualTo("2001:db8::1");
        for (String other : List.of("2001:db8::2", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff")) {
            assertThat(blocklist.findEntry(origin(other)).orElseThrow().text()).isEqualTo("2001:db8::/64");
        }
        assertThat(blocklist.findEntry(origin("2001:db8:0:1::2"))).isEmpty();
        assertThat(blocklist.findEntry(origin("2001:db8:0:1::"))).isEmpty();
    }

    @Test
    void findEntry_sameBitsInOtherFamily_isEmpty() {
        assertThat(blocklist(List.of("0.0.0.0")).findEntry(origin("::"))).isEmpty();
        assertThat(blocklist(List.of("::/64")).findEntry(origin("0.0.0.0"))).isEmpty();
        assertThat(blocklist(List.of("192.0.2.1"))
                        .findEntry(IpPrefix.ofBits(true, origin("192.0.2.1").bits())))
                .isEmpty();
    }

    @Test
    void emptyBlocklist_hasNoEntries() {
        Blocklist empty = blocklist(List.of());
        assertThat(empty.size()).isZero();
        assertThat(empty.findEntry(origin("192.0.2.1"))).isEmpty();
        Iterator<BlocklistEntry> entries = empty.iterator();
        assertThat(entries.hasNext()).isFalse();
        assertThatThrownBy(entries::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void interval_beyondUnsigned32Bits_isClamped() {
        long max = 0xffff_ffffL;
        assertThat(ListedInterval.until(ListedInterval.pack(SINCE, max))).isEqualTo(max);
        assertThat(ListedInterval.since(ListedInterval.pack(max, max))).isEqualTo(max);
        assertThat(ListedInterval.since(ListedInterval.pack(0x8000_0000L, max))).isEqualTo(0x8000_0000L);
        assertThat(ListedInterval.until(ListedInterval.pack(SINCE, max + 1))).isEqualTo(max);
        assertThat(ListedInterval.since(ListedInterval.pack(-1, max))).isZero();
    }
}
