package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;

class NetworkMergeIteratorProperties {

    @Provide
    Arbitrary<List<BlocklistEntry>> networks() {
        return EntryArbitraries.disjointEntries();
    }

    private static List<BlocklistEntry> merge(List<BlocklistEntry> entries, boolean v6) {
        List<BlocklistEntry> all = new ArrayList<>();
        new NetworkMergeIterator(
                        entries.stream().filter(entry -> entry.v6() == v6).iterator())
                .forEachRemaining(all::add);
        return all;
    }

    @Property
    void mergedEntries_coverSameAddresses_inOrder_andCannotBeMerged(@ForAll("networks") List<BlocklistEntry> entries) {
        List<BlocklistEntry> merged = merge(entries, false);
        merged.addAll(merge(entries, true));

        List<AddressRange> ranges = merged.stream().map(AddressRange::of).toList();
        assertThat(AddressRange.union(ranges))
                .isEqualTo(AddressRange.union(
                        entries.stream().map(AddressRange::of).toList()));
        assertThat(ranges)
                .isSortedAccordingTo((first, second) -> first.v6() == second.v6()
                        ? first.first().compareTo(second.first())
                        : Boolean.compare(first.v6(), second.v6()));
        Set<BlocklistEntry> seen = new HashSet<>();
        for (BlocklistEntry entry : merged) {
            IpPrefix network = entry.network();
            assertThat(entry.prefix() <= 1
                            || seen.stream()
                                    .map(BlocklistEntry::network)
                                    .noneMatch(other -> other.maskLength() == network.maskLength()
                                            && other.around(entry.prefix() - 1)
                                                    .equals(network.around(entry.prefix() - 1))))
                    .as("%s has no entry to merge with", entry.text())
                    .isTrue();
            seen.add(entry);
        }
    }

    @Example
    void allAddressesOfNetwork_becomeNetwork_withMinimumOfEachField() {
        List<BlocklistEntry> hosts = new ArrayList<>();
        for (int host = 0; host < 256; host++) {
            hosts.add(new BlocklistEntry(
                    IpPrefix.ofBits(false, 0xc0000200L + host), 1_000 - host, 2_000 - host, (long) (256 - host) << 44));
        }
        assertThat(merge(hosts, false))
                .containsExactly(new BlocklistEntry(IpText.parseNetwork("192.0.2.0/24"), 745, 1_745, 1L << 44));
    }
}
