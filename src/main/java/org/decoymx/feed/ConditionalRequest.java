package org.decoymx.feed;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.MultiMap;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Evaluates conditional requests (RFC 9110 section 13). Conditions that are not valid are ignored. */
final class ConditionalRequest {
    private ConditionalRequest() {}

    /** Whether the client already has this body, so that the response is 304. */
    static boolean isNotModified(MultiMap headers, CachedBody body) {
        List<String> tags = headers.getAll(HttpHeaderNames.IF_NONE_MATCH);
        return tags.isEmpty()
                ? isNotModifiedSince(headers.get(HttpHeaderNames.IF_MODIFIED_SINCE), body)
                : tags.stream().anyMatch(list -> matchesWeakly(list, body.entityTag()));
    }

    /** Weak comparison (RFC 9110 section 8.8.3.2), because proxies that compress make entity tags weak. */
    private static boolean matchesWeakly(String tags, String tag) {
        for (String item : tags.split(",", -1)) {
            String candidate = item.strip();
            int from = candidate.startsWith("W/") ? 2 : 0;
            boolean same = candidate.length() == from + tag.length() + 2
                    && candidate.charAt(from) == '"'
                    && candidate.startsWith(tag, from + 1)
                    && candidate.endsWith("\"");
            if (same || candidate.equals("*")) {
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
