package org.decoymx.feed;

import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.MultiMap;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates conditional requests (RFC 9110 section 13). Conditions that are not valid are ignored. {@code isFresh} of
 * Vert.x Web reads only the first If-None-Match field, and also If-Modified-Since, which section 13.1.3 forbids.
 */
final class ConditionalRequest {
    private ConditionalRequest() {}

    /**
     * Whether the client already has this body, so that the response is 304.
     *
     * @param etag the ETag field of the body
     */
    static boolean isNotModified(MultiMap headers, String etag, Instant modifiedAt) {
        List<String> tags = headers.getAll(HttpHeaderNames.IF_NONE_MATCH);
        return tags.isEmpty()
                ? isNotModifiedSince(headers.get(HttpHeaderNames.IF_MODIFIED_SINCE), modifiedAt)
                : tags.stream().anyMatch(list -> list.equals(etag) || matchesWeakly(list, etag));
    }

    /** Weak comparison (RFC 9110 section 8.8.3.2), because proxies that compress make entity tags weak. */
    private static boolean matchesWeakly(String tags, String etag) {
        return Stream.of(tags.split(",", -1))
                .map(String::strip)
                .anyMatch(tag -> tag.equals(etag) || tag.equals("W/" + etag) || tag.equals("*"));
    }

    private static boolean isNotModifiedSince(@Nullable String date, Instant modifiedAt) {
        return date != null
                && parse(date.strip())
                        .filter(since -> !modifiedAt.isAfter(since))
                        .isPresent();
    }

    /** The formats of RFC 9110 section 5.6.7; the obsolete ones by Netty, which ignores time zones. */
    private static Optional<Instant> parse(String date) {
        try {
            return Optional.of(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeParseException e) {
            return date.isEmpty()
                    ? Optional.empty()
                    : Optional.ofNullable(DateFormatter.parseHttpDate(date)).map(Date::toInstant);
        }
    }
}
