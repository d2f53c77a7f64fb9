package org.decoymx.admin;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.VisitResult;
import org.jspecify.annotations.Nullable;

/**
 * Parses a line of a visit report: an address, then in any order, and each at most once, a time, {@code from=}, {@code
 * to=} (xtext, RFC 3461 section 4) and {@code result=}.
 */
final class PrimaryVisitLineParser {
    private static final int MAX_FIELDS = 5;
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(60);
    private static final Pattern WHITESPACE = Pattern.compile("[ \\t]+");
    private static final Pattern EPOCH_SECONDS = Pattern.compile("\\d{1,11}");
    private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .appendPattern("[XXX][XX]")
            .toFormatter(Locale.ROOT);

    private final Instant now;
    private @Nullable Instant seenAt;
    private @Nullable String sender;
    private @Nullable String recipient;
    private @Nullable VisitResult result;

    private PrimaryVisitLineParser(Instant now) {
        this.now = now;
    }

    /** The line is not valid. The message does not quote it, because it may contain input of strangers. */
    static final class InvalidLineException extends Exception {
        private static final long serialVersionUID = 1;

        InvalidLineException(String message) {
            super(message);
        }
    }

    /**
     * Parses a line that is not blank.
     *
     * @param now the time of a visit without one; a visit up to 60 seconds later is taken as now
     */
    static PrimaryVisitLine parse(String line, Instant now) throws InvalidLineException {
        String[] fields = WHITESPACE.split(line, MAX_FIELDS + 1);
        IpPrefix origin = IpText.parseHostNetwork(fields[0])
                .orElseThrow(
                        () -> new InvalidLineException("not a valid IP address (examples: 192.0.2.1, 2001:db8::1)"));
        PrimaryVisitLineParser parser = new PrimaryVisitLineParser(now);
        for (int i = 1; i < fields.length; i++) {
            parser.parseField(fields[i]);
        }
        return new PrimaryVisitLine(
                origin,
                parser.seenAt == null ? now : parser.seenAt,
                parser.seenAt != null,
                Optional.ofNullable(parser.sender),
                Optional.ofNullable(parser.recipient),
                Optional.ofNullable(parser.result));
    }

    private void parseField(String field) throws InvalidLineException {
        if (sender == null && field.startsWith("from=")) {
            sender = parsePath(field, "from=");
        } else if (recipient == null && field.startsWith("to=")) {
            recipient = parsePath(field, "to=");
            if (recipient.isEmpty()) {
                throw new InvalidLineException("to= is empty");
            }
        } else if (result == null && field.startsWith("result=")) {
            result = parseResult(field);
        } else if (seenAt == null && field.indexOf('=') < 0) {
            seenAt = parseTime(field);
        } else {
            throw new InvalidLineException(
                    "unknown or repeated field (allowed after the address: a time, from=, to=, result=)");
        }
    }

    /** Decodes a path; {@code <>} is the null reverse-path. */
    private static String parsePath(String field, String name) throws InvalidLineException {
        String path = Xtext.decode(field.substring(name.length()))
                .orElseThrow(
                        () -> new InvalidLineException(name + " is not valid xtext (RFC 3461 section 4) of at most "
                                + Xtext.MAX_OCTETS + " octets without control characters"));
        return path.equals("<>") ? "" : path;
    }

    private static VisitResult parseResult(String field) throws InvalidLineException {
        return switch (field) {
            case "result=deferred" -> VisitResult.DEFERRED;
            case "result=accepted" -> VisitResult.ACCEPTED;
            case "result=rejected" -> VisitResult.REJECTED;
            default -> throw new InvalidLineException("result= must be deferred, accepted or rejected");
        };
    }

    private Instant parseTime(String text) throws InvalidLineException {
        Instant time = toInstant(text);
        if (time == null) {
            throw new InvalidLineException(
                    "not a valid time after the address (allowed: 2026-11-22T10:00:00Z, or seconds since 1970)");
        }
        if (time.isAfter(now.plus(CLOCK_TOLERANCE))) {
            throw new InvalidLineException("the time is in the future; check the clocks");
        }
        return time.isAfter(now) ? now : time;
    }

    private static @Nullable Instant toInstant(String text) {
        if (EPOCH_SECONDS.matcher(text).matches()) {
            return Instant.ofEpochSecond(Long.parseLong(text));
        }
        try {
            return OffsetDateTime.parse(text, ISO).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
