package org.decoymx.admin.page;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times on a page, in UTC. */
public final class PageTime {
    private static final DateTimeFormatter MINUTES =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int FEW = 2;

    private PageTime() {}

    /** To the minute: {@code 2026-11-27 08:41}. */
    public static String minute(Instant time) {
        return MINUTES.format(time);
    }

    /** How long ago a time is: {@code 12 s ago}, {@code 5 min ago}, {@code 3 h ago}, {@code 2 d ago}. */
    public static String ago(Instant time, Instant now) {
        Duration age = Duration.between(time, now);
        if (age.isNegative()) {
            return "just now";
        }
        if (age.toMinutes() < FEW) {
            return age.toSeconds() + " s ago";
        }
        if (age.toHours() < FEW) {
            return age.toMinutes() + " min ago";
        }
        return age.toDays() < FEW ? age.toHours() + " h ago" : age.toDays() + " d ago";
    }
}
