package org.decoymx.admin;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.decoymx.support.PrintableText;
import org.jspecify.annotations.Nullable;

/** When something that the administrator sets ends: {@code until} a time, or {@code for} a duration. */
final class EndTime {
    private static final Duration MAX = Duration.ofDays(3_650);
    private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,6})([smhd])");
    private static final String LIMIT = " is out of range (in the future, at most 3650 days ahead)";

    private EndTime() {}

    /**
     * Parses the end, in whole seconds; null if neither is given.
     *
     * @throws IllegalArgumentException if it is not valid; the message says what is allowed
     */
    static @Nullable Instant parse(@Nullable String until, @Nullable String duration, Instant now) {
        if (until != null && duration != null) {
            throw new IllegalArgumentException("until and for: set only one of them");
        }
        if (until == null && duration == null) {
            return null;
        }
        Instant end = (until == null ? now.plus(parseDuration(String.valueOf(duration))) : parseTime(until))
                .truncatedTo(ChronoUnit.SECONDS);
        if (!end.isAfter(now) || end.isAfter(now.plus(MAX))) {
            throw new IllegalArgumentException(
                    (until == null ? "for: '" + duration : "until: '" + PrintableText.escape(until)) + "'" + LIMIT);
        }
        return end;
    }

    private static Instant parseTime(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "until: '" + PrintableText.escape(text) + "' is not a valid time (example: 2026-12-31T18:00:00Z)");
        }
    }

    private static Duration parseDuration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "for: '" + PrintableText.escape(text) + "' is not a valid duration (examples: 90m, 24h, 7d)");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }
}
