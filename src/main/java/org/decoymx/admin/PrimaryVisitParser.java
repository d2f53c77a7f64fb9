package org.decoymx.admin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.support.BoundedLineReader;
import org.decoymx.support.ParseErrors;
import org.jspecify.annotations.Nullable;

/**
 * Parses visit reports. Each line has an address and, optionally, the time of the visit; without it, the visit is now.
 */
final class PrimaryVisitParser {
    /** Maximum number of lines of a report. */
    static final int MAX_LINES = 100_000;

    private static final int MAX_LINE_OCTETS = 8_192;
    private static final int MAX_FIELDS = 2;
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(60);
    private static final Pattern WHITESPACE = Pattern.compile("[ \\t]+");
    private static final Pattern EPOCH_SECONDS = Pattern.compile("\\d{1,11}");
    private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .appendPattern("[XXX][XX]")
            .toFormatter();

    private final Instant now;
    private final Instant earliest;
    private final List<ReportedVisit> visits = new ArrayList<>();
    private final ParseErrors errors = new ParseErrors();
    private long lineCount;
    private long expiredCount;
    private boolean pastVisits;

    /**
     * @param now the current time, used for lines without a time
     * @param retention maximum age of a visit; older visits are counted as expired
     */
    PrimaryVisitParser(Instant now, Duration retention) {
        this.now = now;
        earliest = now.minus(retention);
    }

    /** An address that was seen at a primary MX. */
    record ReportedVisit(IpPrefix origin, Instant seenAt) {}

    /** The report has more than {@link #MAX_LINES} lines. */
    static final class TooManyLinesException extends Exception {
        private static final long serialVersionUID = 1;
    }

    /**
     * Parses the whole report.
     *
     * @throws TooManyLinesException if there are more than {@link #MAX_LINES} lines
     */
    void parse(InputStream in) throws IOException, TooManyLinesException {
        BoundedLineReader reader = new BoundedLineReader(in, MAX_LINE_OCTETS);
        for (byte[] line = reader.readLine(); line != null; line = reader.readLine()) {
            lineCount = reader.lineNumber();
            if (lineCount > MAX_LINES) {
                throw new TooManyLinesException();
            }
            String error = reader.isTooLong()
                    ? "the line is longer than " + MAX_LINE_OCTETS + " octets"
                    : parseLine(new String(line, StandardCharsets.ISO_8859_1).strip());
            if (error != null) {
                errors.add(lineCount, error);
            }
        }
    }

    /** Parses a line; returns an error message, or null if it is valid, blank or a comment. */
    private @Nullable String parseLine(String line) {
        if (line.isEmpty() || line.startsWith("#")) {
            return null;
        }
        String[] fields = WHITESPACE.split(line, MAX_FIELDS + 1);
        IpPrefix origin = IpText.parseHostNetwork(fields[0]).orElse(null);
        if (origin == null) {
            return "not a valid IP address (examples: 192.0.2.1, 2001:db8::1)";
        }
        Instant seenAt = fields.length == 1 ? now : parseTime(fields[1]);
        if (fields.length > MAX_FIELDS || seenAt == null) {
            return "not a valid time after the address (allowed: 2026-11-22T10:00:00Z, or seconds since 1970)";
        }
        if (seenAt.isAfter(now.plus(CLOCK_TOLERANCE))) {
            return "the time is in the future; check the clocks";
        }
        if (seenAt.isBefore(earliest)) {
            expiredCount++;
            return null;
        }
        pastVisits |= seenAt.isBefore(now);
        visits.add(new ReportedVisit(origin, seenAt.isAfter(now) ? now : seenAt));
        return null;
    }

    private static @Nullable Instant parseTime(String text) {
        if (EPOCH_SECONDS.matcher(text).matches()) {
            return Instant.ofEpochSecond(Long.parseLong(text));
        }
        try {
            return OffsetDateTime.parse(text, ISO).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    List<ReportedVisit> visits() {
        return visits;
    }

    /** Whether any visit was before now, so that listed senders must be re-evaluated. */
    boolean hasPastVisits() {
        return pastVisits;
    }

    /** The number of all lines, including blank lines and comments. */
    long lineCount() {
        return lineCount;
    }

    /** The number of visits before the retention period. */
    long expiredCount() {
        return expiredCount;
    }

    /** The number of lines that are not valid. */
    long invalidCount() {
        return errors.count();
    }

    /** The errors in the first ten of them. */
    List<ParseErrors.ParseError> errors() {
        return errors.first();
    }
}
