package org.decoymx.admin.page;

import java.time.Duration;
import java.time.Instant;

/** Times on a page. */
final class PageTime {
    private static final int FEW = 2;

    private PageTime() {}

    /** How long ago a time is: {@code 12 s ago}, {@code 5 min ago}, {@code 3 h ago}, {@code 2 d ago}. */
    static String ago(Instant time, Instant now) {
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
