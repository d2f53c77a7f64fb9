package org.decoymx.admin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.decoymx.admin.PrimaryVisitLineParser.InvalidLineException;
import org.decoymx.support.BoundedLineReader;
import org.decoymx.support.ParseErrors;

/**
 * A visit report: a {@link PrimaryVisitLine} in each line.
 *
 * @param visits the valid lines that are not expired
 * @param lines number of all lines, including blank lines and comments
 * @param expired number of visits before the retention period
 * @param errors the lines that are not valid
 */
record PrimaryVisitReport(List<PrimaryVisitLine> visits, long lines, long expired, ParseErrors errors) {
    /** Maximum number of lines of a report. */
    static final int MAX_LINES = 100_000;

    private static final int MAX_LINE_OCTETS = 8_192;

    /**
     * Parses the whole report.
     *
     * @param now the current time, used for lines without a time
     * @param retention maximum age of a visit
     * @throws RequestBody.TooLargeException if there are more than {@link #MAX_LINES} lines
     */
    static PrimaryVisitReport parse(InputStream in, Instant now, Duration retention) throws IOException {
        Instant earliest = now.minus(retention);
        List<PrimaryVisitLine> visits = new ArrayList<>();
        ParseErrors errors = new ParseErrors();
        long expired = 0;
        BoundedLineReader reader = new BoundedLineReader(in, MAX_LINE_OCTETS);
        for (byte[] octets = reader.readLine(); octets != null; octets = reader.readLine()) {
            if (reader.lineNumber() > MAX_LINES) {
                throw new RequestBody.TooLargeException(MAX_LINES + " lines");
            }
            String line = new String(octets, StandardCharsets.ISO_8859_1).strip();
            if (reader.isTooLong()) {
                errors.add(reader.lineNumber(), "the line is longer than " + MAX_LINE_OCTETS + " octets");
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                try {
                    PrimaryVisitLine visit = PrimaryVisitLineParser.parse(line, now);
                    if (visit.seenAt().isBefore(earliest)) {
                        expired++;
                    } else {
                        visits.add(visit);
                    }
                } catch (InvalidLineException e) {
                    errors.add(reader.lineNumber(), String.valueOf(e.getMessage()));
                }
            }
        }
        return new PrimaryVisitReport(visits, reader.lineNumber(), expired, errors);
    }
}
