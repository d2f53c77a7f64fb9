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
import org.decoymx.admin.PrimaryVisitResource.VisitLineError;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.StreamLineReader;
import org.jspecify.annotations.Nullable;

/** Reads lines of an address and, after a blank, the time it was seen; without one it was just now. */
final class PrimaryVisitParser {
    /** How many lines there may be. */
    static final int MAX_LINES = 100_000;

    private static final int MAX_ERRORS = 10;
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
    private final List<VisitLineError> errors = new ArrayList<>();
    private long lineCount;
    private long expiredCount;
    private long invalidCount;
    private boolean pastVisits;

    /**
     * Nothing read yet.
     *
     * @param kept how old a time may be that is still wanted
     */
    PrimaryVisitParser(Instant now, Duration kept) {
        this.now = now;
        earliest = now.minus(kept);
    }

    /** Who was seen, and when. */
    record ReportedVisit(Origin origin, Instant seenAt) {}

    /** There are more lines than are taken. */
    static final class TooManyLinesException extends Exception {
        private static final long serialVersionUID = 1;
    }

    /**
     * Reads to the end.
     *
     * @throws TooMany when there are more than {@link #MAX_LINES}
     */
    void parse(InputStream in) throws IOException, TooManyLinesException {
        StreamLineReader cutter = new StreamLineReader(in);
        for (byte[] line = cutter.readLine(); line != null; line = cutter.readLine()) {
            lineCount = cutter.lineNumber();
            if (lineCount > MAX_LINES) {
                throw new TooManyLinesException();
            }
            String wrong = cutter.isTooLong()
                    ? "the line is longer than " + StreamLineReader.MAX_LINE_OCTETS + " octets"
                    : parseLine(new String(line, StandardCharsets.ISO_8859_1).strip());
            if (wrong != null) {
                invalidCount++;
                if (errors.size() < MAX_ERRORS) {
                    errors.add(new VisitLineError(lineCount, wrong));
                }
            }
        }
    }

    /** Takes a line, and gives what is wrong with it; null for nothing. */
    private @Nullable String parseLine(String line) {
        if (line.isEmpty() || line.startsWith("#")) {
            return null;
        }
        String[] fields = WHITESPACE.split(line, MAX_FIELDS + 1);
        Origin origin = Origin.parse(fields[0]).orElse(null);
        if (origin == null) {
            return "no IP address; write it like 192.0.2.1 or 2001:db8::1";
        }
        Instant at = fields.length == 1 ? now : parseTime(fields[1]);
        if (fields.length > MAX_FIELDS || at == null) {
            return "no time after the address; write it like 2026-11-22T10:00:00Z, or as seconds since 1970";
        }
        if (at.isAfter(now.plus(CLOCK_TOLERANCE))) {
            return "the time is in the future; look at the clocks";
        }
        if (at.isBefore(earliest)) {
            expiredCount++;
            return null;
        }
        pastVisits |= at.isBefore(now);
        visits.add(new ReportedVisit(origin, at.isAfter(now) ? now : at));
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

    /** Whether somebody was seen earlier than just now. */
    boolean hasPastVisits() {
        return pastVisits;
    }

    /** How many lines there were, of whatever kind. */
    long lineCount() {
        return lineCount;
    }

    /** How many had a time so long ago that nobody asks for it. */
    long expiredCount() {
        return expiredCount;
    }

    /** How many could not be understood. */
    long invalidCount() {
        return invalidCount;
    }

    /** What was wrong with the first ten of them. */
    List<VisitLineError> errors() {
        return errors;
    }
}
