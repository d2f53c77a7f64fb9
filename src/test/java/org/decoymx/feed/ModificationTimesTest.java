package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.decoymx.feed.FeedCache.FeedCacheKey;
import org.junit.jupiter.api.Test;

class ModificationTimesTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final FeedCacheKey KEY = FeedCacheFixture.fullFeedKey(LineFormats.plain());

    private final ModificationTimes times = new ModificationTimes();

    @Test
    void sameContent_keepsItsTime() {
        assertThat(times.record(KEY, "a", T)).isEqualTo(T);
        assertThat(times.record(KEY, "a", T.plusSeconds(9))).isEqualTo(T);
        assertThat(times.record(FeedCacheFixture.filteredKey(LineFormats.plain()), "a", T.plusSeconds(9)))
                .as("another feed")
                .isEqualTo(T.plusSeconds(9));
    }

    @Test
    void otherContent_hasALaterTime_alsoIfItReturns() {
        times.record(KEY, "a", T);
        assertThat(times.record(KEY, "b", T.plusSeconds(1))).isEqualTo(T.plusSeconds(1));
        assertThat(times.record(KEY, "a", T.plusSeconds(2))).isEqualTo(T.plusSeconds(2));
    }

    /** An old version that is rendered late does not take the place of the newer one. */
    @Test
    void contentOfAnOlderVersion_isNotRemembered() {
        times.record(KEY, "b", T.plusSeconds(5));
        assertThat(times.record(KEY, "a", T.plusSeconds(4))).isEqualTo(T.plusSeconds(4));
        assertThat(times.record(KEY, "a", T.plusSeconds(6))).isEqualTo(T.plusSeconds(6));
    }

    @Test
    void feedsThatWereNotRenderedForLong_areForgotten() {
        times.record(KEY, "a", T);
        for (int i = 0; i < FeedCache.MAX_BODIES; i++) {
            times.record(FeedCacheFixture.fullFeedKey(new NdjsonChanges(i)), "a", T);
        }
        assertThat(times.record(KEY, "a", T.plusSeconds(1))).isEqualTo(T.plusSeconds(1));
    }
}
