package org.decoymx.feed;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The present second as HTTP writes it, made once a second: RFC 9110 section 5.6.7. */
final class Dates {
    /** Java's own RFC 1123 writes the first nine days of a month with one digit. */
    private static final DateTimeFormatter FIXED =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

    private final Clock clock;
    private final Duration maxAge;
    private final String cacheControl;
    private volatile Second last;

    /**
     * @param date of this second
     * @param expires when what is answered in it expires
     */
    record Second(long second, String date, String expires) {}

    /**
     * @param maxAge how long a reader may keep what it got
     */
    Dates(Clock clock, Duration maxAge) {
        this.clock = clock;
        this.maxAge = maxAge;
        cacheControl = "max-age=" + maxAge.toSeconds();
        last = second(clock.instant());
    }

    Second now() {
        Instant now = clock.instant();
        Second known = last;
        if (known.second() != now.getEpochSecond()) {
            known = second(now);
            last = known;
        }
        return known;
    }

    private Second second(Instant now) {
        return new Second(now.getEpochSecond(), text(now), text(now.plus(maxAge)));
    }

    static String text(Instant instant) {
        return FIXED.format(instant.atOffset(ZoneOffset.UTC));
    }

    String cacheControl() {
        return cacheControl;
    }
}
