package org.decoymx.policy;

import java.time.Duration;

/**
 * The days of the last 36 on which a primary accepted mail from a sender that was not caught yet. A sender with enough
 * of them is known: one bad day with its connection to the primary must not make it a suspect. Packed, because every
 * sender has one.
 *
 * @param bits the latest day since 1970 in the high bits, and a bit for each day before it in the low 36
 */
public record AcceptedDays(long bits) {
    /** No day. */
    public static final AcceptedDays NONE = new AcceptedDays(0);

    private static final int DAYS = 36;
    private static final long DAY_BITS = (1L << DAYS) - 1;
    private static final long DAY = Duration.ofDays(1).toSeconds();

    /**
     * Adds the day of a message that was accepted.
     *
     * @param at seconds since 1970
     */
    public AcceptedDays withDay(long at) {
        long day = at / DAY;
        long latest = Math.max(day, bits >>> DAYS);
        long age = latest - day;
        return new AcceptedDays(latest << DAYS | shifted(latest) | (age < DAYS ? 1L << age : 0));
    }

    /**
     * Without the future: it was recorded while the clock was ahead. The latest day becomes today.
     *
     * @param now seconds since 1970
     */
    AcceptedDays limitedTo(long now) {
        long today = now / DAY;
        long ahead = latest() - today;
        if (ahead <= 0) {
            return this;
        }
        return (ahead < DAYS ? of(today, recent() >>> ahead) : NONE).withDay(now);
    }

    /** The bits of the days, as seen from a later day. */
    private long shifted(long day) {
        long passed = day - (bits >>> DAYS);
        return passed >= DAYS ? 0 : (bits & DAY_BITS) << passed & DAY_BITS;
    }

    /**
     * The days in this form.
     *
     * @param latest the latest day since 1970
     * @param recent a bit for each of the last 36 days; the lowest is that of the latest
     */
    public static AcceptedDays of(long latest, long recent) {
        return new AcceptedDays(latest << DAYS | recent & DAY_BITS);
    }

    /** The days of both. */
    AcceptedDays and(AcceptedDays other) {
        long last = Math.max(latest(), other.latest());
        return of(last, shifted(last) | other.shifted(last));
    }

    /** The latest day since 1970. */
    public long latest() {
        return bits >>> DAYS;
    }

    /** A bit for each of the last 36 days; the lowest is that of the latest. */
    public long recent() {
        return bits & DAY_BITS;
    }

    /** The second at which the latest day began, for the bits of days. */
    static long lastSecond(long bits) {
        return new AcceptedDays(bits).latest() * DAY;
    }

    /** On how many of the last 36 days mail was accepted. */
    public int count(long at) {
        return Long.bitCount(shifted(Math.max(at / DAY, bits >>> DAYS)));
    }

    /** Whether a sender with these days is known. */
    public boolean isKnown(TrustSettings settings, long at) {
        return settings.knownDays() > 0 && count(at) >= settings.knownDays();
    }
}
