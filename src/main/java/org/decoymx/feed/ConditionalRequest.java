package org.decoymx.feed;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.MultiMap;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a reader already has: RFC 9110 section 13. A condition that cannot be understood counts as none. */
final class ConditionalRequest {
    private ConditionalRequest() {}

    /** Whether the reader has this body. */
    static boolean isNotModified(MultiMap headers, CachedBody body) {
        List<String> tags = headers.getAll(HttpHeaderNames.IF_NONE_MATCH);
        return tags.isEmpty()
                ? isNotModifiedSince(headers.get(HttpHeaderNames.IF_MODIFIED_SINCE), body)
                : tags.stream().anyMatch(some -> matchesWeakly(some, body.entityTag()));
    }

    /** The weak comparison of section 8.8.3.2, as a proxy that compresses makes a tag weak. */
    private static boolean matchesWeakly(String tags, String tag) {
        for (String item : tags.split(",", -1)) {
            String other = item.strip();
            int from = other.startsWith("W/") ? 2 : 0;
            boolean same = other.length() == from + tag.length() + 2
                    && other.charAt(from) == '"'
                    && other.startsWith(tag, from + 1)
                    && other.endsWith("\"");
            if (same || other.equals("*")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNotModifiedSince(@Nullable String date, CachedBody body) {
        if (date == null) {
            return false;
        }
        if (date.equals(body.lastModifiedHeader())) {
            return true;
        }
        try {
            Instant since = ZonedDateTime.parse(date.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return !body.modifiedAt().isAfter(since);
        } catch (DateTimeParseException e) {
            return false;
        }
    }
}
