package org.decoymx.feed;

import jakarta.ws.rs.core.HttpHeaders;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a reader already has: RFC 9110 section 13. A condition that cannot be understood counts as none. */
final class Conditions {
    private Conditions() {}

    /**
     * Whether the reader has this body.
     *
     * @param tag the body's entity tag, without quotes
     * @param modified its Last-Modified, a whole second
     */
    static boolean isUnchanged(HttpHeaders headers, String tag, Instant modified) {
        String tags = headers.getHeaderString(HttpHeaders.IF_NONE_MATCH);
        return tags == null
                ? isUnchangedSince(headers.getHeaderString(HttpHeaders.IF_MODIFIED_SINCE), modified)
                : matches(tags, tag);
    }

    /** The weak comparison of section 8.8.3.2, as a proxy that compresses makes a tag weak. */
    private static boolean matches(String tags, String tag) {
        return Arrays.stream(tags.split(",", -1))
                .map(String::strip)
                .map(other -> other.startsWith("W/") ? other.substring(2) : other)
                .anyMatch(other -> other.equals("*") || other.equals('"' + tag + '"'));
    }

    private static boolean isUnchangedSince(@Nullable String date, Instant modified) {
        if (date == null) {
            return false;
        }
        try {
            Instant since = ZonedDateTime.parse(date.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return !modified.isAfter(since);
        } catch (DateTimeParseException e) {
            return false;
        }
    }
}
