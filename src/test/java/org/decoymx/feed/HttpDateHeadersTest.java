package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class HttpDateHeadersTest {

    @Test
    void dayOfMonth_hasTwoDigits() {
        assertThat(HttpDateHeaders.format(Instant.parse("2026-11-05T08:09:07Z")))
                .isEqualTo("Thu, 05 Nov 2026 08:09:07 GMT");
    }

    @Test
    void headers_areFormattedAgain_inNextSecond() {
        MutableClock clock = new MutableClock(Instant.parse("2026-12-31T23:59:59.999Z"));
        HttpDateHeaders headers = new HttpDateHeaders(clock, Duration.ofSeconds(60));
        assertThat(headers.currentSecond().date()).isEqualTo("Thu, 31 Dec 2026 23:59:59 GMT");
        assertThat(headers.currentSecond()).isSameAs(headers.currentSecond());
        clock.advance(Duration.ofMillis(1));
        assertThat(headers.currentSecond().date()).isEqualTo("Fri, 01 Jan 2027 00:00:00 GMT");
        assertThat(headers.currentSecond().expires()).isEqualTo("Fri, 01 Jan 2027 00:01:00 GMT");
        assertThat(headers.cacheControl()).isEqualTo("max-age=60");
    }
}
