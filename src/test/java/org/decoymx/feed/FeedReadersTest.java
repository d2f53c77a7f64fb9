package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.decoymx.feed.FeedReaders.Reader;
import org.junit.jupiter.api.Test;

class FeedReadersTest {
    private static final Instant NOW = Instant.parse("2026-11-27T08:00:00Z");

    private final FeedReaders readers = new FeedReaders();

    private void fetch(String client, String userAgent, int second) {
        readers.record(client, userAgent, "plain", 200, NOW.plusSeconds(second));
    }

    @Test
    void reader_fetchingAgain_isCounted() {
        readers.record("2001:db8:0:0:0:0:0:1", "rspamd-3.8", "plain", 200, NOW);
        readers.record("192.0.2.1", "curl/8.5.0", "postfix", 200, NOW.plusSeconds(1));
        readers.record("2001:db8:0:0:0:0:0:1", "rspamd-3.8", "plain", 304, NOW.plusSeconds(2));
        assertThat(readers.latest())
                .containsExactly(
                        new Reader("2001:db8::1", "rspamd-3.8", "plain", NOW.plusSeconds(2), 2, 304),
                        new Reader("192.0.2.1", "curl/8.5.0", "postfix", NOW.plusSeconds(1), 1, 200));
    }

    @Test
    void userAgent_isEscapedAndCut() {
        fetch("192.0.2.1", "\u001b[31m<b>\u202e" + "x".repeat(5_000), 0);
        assertThat(readers.latest().get(0).userAgent())
                .startsWith("\\u001b[31m<b>\\u202exxx")
                .endsWith("…")
                .hasSizeLessThanOrEqualTo(80);
    }

    @Test
    void network_withManyReaders_pushesOutItsOwn() {
        fetch("198.51.100.1", "rspamd", 0);
        for (int i = 0; i < 3 * FeedReaders.MAX_READERS; i++) {
            fetch("203.0.113." + i % 250, "agent " + i, i / 100);
        }
        assertThat(readers.latest()).hasSize(FeedReaders.MAX_READERS);
        assertThat(readers.latest()).extracting(Reader::client).contains("198.51.100.1");
        assertThat(readers.latest().get(0).userAgent()).startsWith("agent 5");
    }

    @Test
    void reader_thatGoesOn_outlivesThoseThatCameOnce() {
        fetch("192.0.2.1", "rspamd", 0);
        for (int i = 0; i < 2 * FeedReaders.MAX_READERS; i++) {
            fetch("10." + i / 2 + ".0.1", "scanner " + i, 61 * i);
            fetch("192.0.2.1", "rspamd", 61 * i);
        }
        assertThat(readers.latest())
                .hasSize(FeedReaders.MAX_READERS)
                .extracting(Reader::client)
                .contains("192.0.2.1");
    }
}
