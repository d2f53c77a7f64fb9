package org.decoymx.feed;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The present second as HTTP writes it, made once a second: RFC 9110 section 5.6.7. */
final class HttpDateHeaders {
    /** Java's own RFC 1123 writes the first nine days of a month with one digit. */
    private static final DateTimeFormatter IMF_FIXDATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

    private final Clock clock;
    private final Duration maxAge;
    private final String cacheControl;
    private volatile FormattedSecond cached;

    /**
     * @param date of this second
     * @param expires when what is answered in it expires
     */
    record FormattedSecond(long epochSecond, String date, String expires) {}

    /**
     * @param maxAge how long a reader may keep what it got
     */
    HttpDateHeaders(Clock clock, Duration maxAge) {
        this.clock = clock;
        this.maxAge = maxAge;
        cacheControl = "max-age=" + maxAge.toSeconds();
        cached = formatSecond(clock.instant());
    }

    FormattedSecond currentSecond() {
        Instant now = clock.instant();
        FormattedSecond known = cached;
        if (known.epochSecond() != now.getEpochSecond()) {
            known = formatSecond(now);
            cached = known;
        }
        return known;
    }

    private FormattedSecond formatSecond(Instant now) {
        return new FormattedSecond(now.getEpochSecond(), format(now), format(now.plus(maxAge)));
    }

    static String format(Instant instant) {
        return IMF_FIXDATE.format(instant.atOffset(ZoneOffset.UTC));
    }

    String cacheControl() {
        return cacheControl;
    }
}
