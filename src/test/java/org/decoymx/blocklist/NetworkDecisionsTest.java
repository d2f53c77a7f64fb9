package org.decoymx.blocklist;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.decoymx.net.IpPrefix;
import org.junit.jupiter.api.Test;

class NetworkDecisionsTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final int SLICE = 4_096;

    private final Set<Long> disallowed = new HashSet<>();
    private final List<Long> asked = new ArrayList<>();
    private final NetworkDecisions decisions = new NetworkDecisions(false, this::ask);

    private boolean ask(IpPrefix network, Instant now) {
        asked.add(network.bits() >> 8);
        return !disallowed.contains(network.bits() >> 8);
    }

    /** Returns those of the networks that may be listed. */
    private List<Long> aggregate(LongStream networks) {
        List<Long> may = new ArrayList<>();
        asked.clear();
        decisions.begin();
        networks.filter(network -> decisions.mayList(network << 9, T)).forEach(may::add);
        decisions.end();
        return may;
    }

    private boolean recheck() {
        asked.clear();
        return decisions.recheck(T);
    }

    @Test
    void knownNetworks_areNotAskedAboutAgain_beyondTheSlice() {
        disallowed.add(7L);
        assertThat(aggregate(LongStream.range(0, 10_000))).hasSize(9_999).doesNotContain(7L);
        assertThat(asked).hasSize(10_000);
        assertThat(aggregate(LongStream.range(0, 10_001))).hasSize(10_000).doesNotContain(7L);
        assertThat(asked).containsExactly(10_000L);
        assertThat(recheck()).isFalse();
        assertThat(asked).hasSize(SLICE + 1);
        assertThat(recheck()).isFalse();
        assertThat(asked).hasSize(SLICE);
        assertThat(aggregate(LongStream.range(0, 10_001))).hasSize(10_000).doesNotContain(7L);
        assertThat(asked).isEmpty();
    }

    @Test
    void decisions_thatDiffer_areRemembered() {
        aggregate(LongStream.range(0, 3));
        disallowed.add(1L);
        assertThat(aggregate(LongStream.range(0, 3))).containsExactly(0L, 1L, 2L);
        assertThat(recheck()).isTrue();
        assertThat(recheck()).isFalse();
        assertThat(aggregate(LongStream.range(0, 3))).containsExactly(0L, 2L);
        disallowed.clear();
        assertThat(recheck()).isTrue();
        assertThat(aggregate(LongStream.range(0, 3))).containsExactly(0L, 1L, 2L);
    }

    @Test
    void network_thatGoesAndComesBack_isAskedAboutAgain() {
        aggregate(LongStream.range(0, 3));
        aggregate(LongStream.of(0, 2));
        assertThat(asked).isEmpty();
        disallowed.add(1L);
        assertThat(aggregate(LongStream.range(0, 3))).containsExactly(0L, 2L);
        assertThat(asked).containsExactly(1L);
    }

    @Test
    void recheck_withoutNetworks_asksNothing() {
        assertThat(recheck()).isFalse();
        aggregate(LongStream.range(0, 3));
        aggregate(LongStream.empty());
        assertThat(recheck()).isFalse();
        assertThat(asked).isEmpty();
    }

    /** Networks come and go everywhere in the list, once a second, thus at one of five calls. */
    @Test
    void eachNetwork_isAskedAboutAgain_withinFiveCalls() {
        Random random = new Random(1);
        TreeSet<Long> networks = new TreeSet<>();
        LongStream.range(0, 30_000).forEach(i -> networks.add(random.nextLong(1 << 20)));
        Map<Long, Integer> lastAsked = new HashMap<>();
        int aggregatedAt = 0;
        for (int call = 0; call < 200; call++) {
            recheck();
            int now = call;
            asked.forEach(network -> lastAsked.put(network, now));
            assertThat(lastAsked.values()).allMatch(at -> now - at <= 4);
            if (call >= aggregatedAt) {
                long from = random.nextLong(1 << 20);
                long to = from + random.nextLong(1 << 19);
                networks.subSet(from, to).removeIf(network -> random.nextInt(3) > 0);
                long around = random.nextLong(1 << 20);
                LongStream.range(0, random.nextInt(10_000))
                        .forEach(i -> networks.add(around + random.nextLong(1 << 16)));
                aggregate(networks.stream().mapToLong(Long::longValue));
                asked.forEach(network -> lastAsked.put(network, now));
                lastAsked.keySet().retainAll(networks);
                aggregatedAt = call + 5 + random.nextInt(2);
            }
        }
    }
}
