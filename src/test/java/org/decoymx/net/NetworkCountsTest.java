package org.decoymx.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NetworkCountsTest {
    private final NetworkCounts counts = new NetworkCounts(16);

    private int index(String prefix) {
        return counts.indexOf(IpText.parseNetwork(prefix));
    }

    @Test
    void addressesOfANetwork_shareACounter() {
        assertThat(index("192.0.2.1")).isEqualTo(index("192.0.255.255")).isNotEqualTo(index("192.1.2.1"));
        assertThat(index("2001:db8:1::1"))
                .isEqualTo(index("2001:db8:1:ffff::/64"))
                .isNotEqualTo(index("2001:db8:2::1"));
    }

    @Test
    void networks_areSpreadOverAllCounters() {
        long distinct = IntStream.range(0, 1 << 16)
                .map(i -> counts.indexOf(false, (long) i << 16))
                .distinct()
                .count();
        assertThat(distinct).isGreaterThan(1 << 14);
    }

    @Test
    void counts_areAdded_andCleared() {
        assertThat(counts.add(7, 2)).isEqualTo(2);
        assertThat(counts.add(7, -1)).isEqualTo(1);
        assertThat(counts.get(7)).isEqualTo(1);
        counts.clear();
        assertThat(IntStream.range(0, counts.size()).map(counts::get)).containsOnly(0);
    }
}
