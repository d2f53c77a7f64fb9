package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DatesTest {

    @Test
    void date_hasTwoDigitsForTheDay() {
        assertThat(Dates.text(Instant.parse("2026-11-05T08:09:07Z"))).isEqualTo("Thu, 05 Nov 2026 08:09:07 GMT");
    }

    @Test
    void second_isMadeAnew_whenItIsOver() {
        Ticking clock = new Ticking(Instant.parse("2026-12-31T23:59:59.999Z"));
        Dates dates = new Dates(clock, Duration.ofSeconds(60));
        assertThat(dates.now().date()).isEqualTo("Thu, 31 Dec 2026 23:59:59 GMT");
        assertThat(dates.now()).isSameAs(dates.now());
        clock.add(Duration.ofMillis(1));
        assertThat(dates.now().date()).isEqualTo("Fri, 01 Jan 2027 00:00:00 GMT");
        assertThat(dates.now().expires()).isEqualTo("Fri, 01 Jan 2027 00:01:00 GMT");
        assertThat(dates.cacheControl()).isEqualTo("max-age=60");
    }
}
