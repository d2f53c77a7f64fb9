package org.decoymx.exemption;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.stream.IntStream;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.junit.jupiter.api.Test;

class DnswlCacheTest {
    private static final IpPrefix SENDER = IpText.parseHostNetwork("192.0.2.7").orElseThrow();

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final DnswlCache cache = new DnswlCache(new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    });

    private void elapse(Duration time) {
        now = now.plus(time);
    }

    @Test
    void result_isFreshForItsTtl_andReadableForFiveSecondsMore() {
        assertThat(cache.find(SENDER)).isNull();
        assertThat(cache.isFresh(SENDER)).isFalse();
        cache.put(SENDER, DnswlResult.FAILURE);
        elapse(Duration.ofMillis(9_999));
        assertThat(cache.isFresh(SENDER)).isTrue();
        elapse(Duration.ofMillis(1));
        assertThat(cache.isFresh(SENDER)).isFalse();
        elapse(Duration.ofMillis(4_999));
        assertThat(cache.find(SENDER)).isEqualTo(DnswlResult.FAILURE);
        elapse(Duration.ofMillis(1));
        assertThat(cache.find(SENDER)).isNull();
    }

    @Test
    void newerResult_hasItsOwnTtl() {
        cache.put(SENDER, DnswlResult.FAILURE);
        elapse(Duration.ofSeconds(9));
        cache.put(SENDER, DnswlResult.NOT_LISTED);
        elapse(Duration.ofMinutes(59));
        assertThat(cache.isFresh(SENDER)).isTrue();
        assertThat(cache.find(SENDER)).isEqualTo(DnswlResult.NOT_LISTED);
    }

    @Test
    void result_isNotFresh_whenTheClockWasSetBack() {
        cache.put(SENDER, DnswlResult.NOT_LISTED);
        elapse(Duration.ofSeconds(-1));
        assertThat(cache.isFresh(SENDER)).isFalse();
    }

    @Test
    void fullCache_dropsTheOldestResults_notThoseThatAreScoredNext() {
        IntStream.range(0, 105_000).forEach(i -> cache.put(origin(i), DnswlResult.NOT_LISTED));
        assertThat(IntStream.range(5_000, 105_000)).allMatch(i -> cache.find(origin(i)) != null);
        assertThat(IntStream.range(0, 5_000)).allMatch(i -> cache.find(origin(i)) == null);
    }

    private static IpPrefix origin(int i) {
        return IpText.parseHostNetwork("10." + (i >> 16) + "." + (i >> 8 & 0xff) + "." + (i & 0xff))
                .orElseThrow();
    }
}
