package org.decoymx.admin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.decoymx.support.BoundedLineReader;
import org.decoymx.support.ParseErrors;
import org.jspecify.annotations.Nullable;

/** Parses visit reports: a {@link PrimaryVisitLine} in each line. */
final class PrimaryVisitParser {
    /** Maximum number of lines of a report. */
    static final int MAX_LINES = 100_000;

    private static final int MAX_LINE_OCTETS = 8_192;

    private final Instant now;
    private final Instant earliest;
    private final List<PrimaryVisitLine> visits = new ArrayList<>();
    private final ParseErrors errors = new ParseErrors();
    private long lineCount;
    private long expiredCount;

    /**
     * @param now the current time, used for lines without a time
     * @param retention maximum age of a visit; older visits are counted as expired
     */
    PrimaryVisitParser(Instant now, Duration retention) {
        this.now = now;
        earliest = now.minus(retention);
    }

    /**
     * Parses the whole report.
     *
     * @throws RequestBody.TooLargeException if there are more than {@link #MAX_LINES} lines
     */
    void parse(InputStream in) throws IOException {
        BoundedLineReader reader = new BoundedLineReader(in, MAX_LINE_OCTETS);
        for (byte[] line = reader.readLine(); line != null; line = reader.readLine()) {
            lineCount = reader.lineNumber();
            if (lineCount > MAX_LINES) {
                throw new RequestBody.TooLargeException(MAX_LINES + " lines");
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
        PrimaryVisitLine visit;
        try {
            visit = PrimaryVisitLineParser.parse(line, now);
        } catch (PrimaryVisitLineParser.InvalidLineException e) {
            return e.getMessage();
        }
        if (visit.seenAt().isBefore(earliest)) {
            expiredCount++;
        } else {
            visits.add(visit);
        }
        return null;
    }

    /** The valid lines that are not expired. */
    List<PrimaryVisitLine> visits() {
        return visits;
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
