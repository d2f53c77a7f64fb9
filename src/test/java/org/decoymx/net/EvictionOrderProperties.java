package org.decoymx.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The order against one that counts everything at each step. */
class EvictionOrderProperties {
    private static final long V4_NETWORK = 0x1_0000;

    private static IpPrefix origin(int number) {
        IpPrefix v4 = IpPrefix.ofBits(false, number % 3 * V4_NETWORK + number);
        IpPrefix v6 = new IpPrefix(0x2001_0db8_0000_0000L + ((long) number << Short.SIZE), number, 128);
        return number % 2 == 0 ? v4 : v6;
    }

    private static String network(int number) {
        return origin(number).around(number % 2 == 0 ? 16 : 48).toString();
    }

    @Property
    void first_isTheOldestOfANetworkWithTheMost(@ForAll List<@IntRange(min = -30, max = 30) Integer> steps) {
        EvictionOrder<Integer> order = new EvictionOrder<>();
        List<Integer> naive = new ArrayList<>();
        for (int step : steps) {
            Integer number = Math.abs(step);
            boolean known = naive.remove(number);
            if (step >= 0) {
                naive.add(number);
                order.add(origin(number), number);
            } else {
                assertThat(order.remove(origin(number), number)).isEqualTo(known);
            }
            assertThat(order.size()).isEqualTo(naive.size());
            assertThat(order.contains(origin(number), number)).isEqualTo(step >= 0);
            if (!naive.isEmpty()) {
                assertIsFirst(order.first(), naive);
            }
        }
    }

    @Example
    void emptyOrder_hasNoFirst() {
        EvictionOrder<Integer> order = new EvictionOrder<>();
        order.add(origin(1), 1);
        order.remove(origin(1), 1);
        assertThatThrownBy(order::first).isInstanceOf(NoSuchElementException.class);
    }

    private static void assertIsFirst(int first, List<Integer> naive) {
        Map<String, Long> sizes =
                naive.stream().collect(Collectors.groupingBy(EvictionOrderProperties::network, Collectors.counting()));
        assertThat(sizes.get(network(first)))
                .isEqualTo(sizes.values().stream().mapToLong(size -> size).max().orElseThrow());
        assertThat(naive.stream()
                        .filter(number -> network(number).equals(network(first)))
                        .findFirst())
                .hasValue(first);
    }
}
