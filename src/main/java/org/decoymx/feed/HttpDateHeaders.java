package org.decoymx.feed;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Date, Expires and Cache-Control fields (RFC 9110 section 5.6.7), formatted once a second. */
final class HttpDateHeaders {
    /** {@link DateTimeFormatter#RFC_1123_DATE_TIME} writes days 1 to 9 with one digit, which HTTP does not allow. */
    private static final DateTimeFormatter IMF_FIXDATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

    private final Clock clock;
    private final Duration maxAge;
    private final String cacheControl;
    private volatile FormattedSecond cached;

    /**
     * @param date the Date field
     * @param expires the Expires field of responses sent in this second
     */
    record FormattedSecond(long epochSecond, String date, String expires) {}

    /**
     * @param maxAge how long a client may cache a response
     */
    HttpDateHeaders(Clock clock, Duration maxAge) {
        this.clock = clock;
        this.maxAge = maxAge;
        cacheControl = "max-age=" + maxAge.toSeconds();
        cached = formatSecond(clock.instant());
    }

    FormattedSecond currentSecond() {
        Instant now = clock.instant();
        FormattedSecond formatted = cached;
        if (formatted.epochSecond() != now.getEpochSecond()) {
            formatted = formatSecond(now);
            cached = formatted;
        }
        return formatted;
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
