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
import org.decoymx.admin.WitnessResource.Mistake;
import org.decoymx.ledger.LineCutter;
import org.decoymx.ledger.Origin;
import org.jspecify.annotations.Nullable;

/** Reads lines of an address and, after a blank, the time it was seen; without one it was just now. */
final class WitnessLines {
    /** How many lines there may be. */
    static final int MAX_LINES = 100_000;

    private static final int MAX_ERRORS = 10;
    private static final int MAX_FIELDS = 2;
    private static final Duration FAST_CLOCK = Duration.ofSeconds(60);
    private static final Pattern BLANKS = Pattern.compile("[ \\t]+");
    private static final Pattern SECONDS = Pattern.compile("\\d{1,11}");
    private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .appendPattern("[XXX][XX]")
            .toFormatter();

    private final Instant now;
    private final Instant oldest;
    private final List<Seen> seen = new ArrayList<>();
    private final List<Mistake> errors = new ArrayList<>();
    private long lines;
    private long old;
    private long bad;
    private boolean late;

    /**
     * Nothing read yet.
     *
     * @param kept how old a time may be that is still wanted
     */
    WitnessLines(Instant now, Duration kept) {
        this.now = now;
        oldest = now.minus(kept);
    }

    /** Who was seen, and when. */
    record Seen(Origin origin, Instant at) {}

    /** There are more lines than are taken. */
    static final class TooMany extends Exception {
        private static final long serialVersionUID = 1;
    }

    /**
     * Reads to the end.
     *
     * @throws TooMany when there are more than {@link #MAX_LINES}
     */
    void read(InputStream in) throws IOException, TooMany {
        LineCutter cutter = new LineCutter(in);
        for (byte[] line = cutter.next(); line != null; line = cutter.next()) {
            lines = cutter.number();
            if (lines > MAX_LINES) {
                throw new TooMany();
            }
            String wrong = cutter.isTooLong()
                    ? "the line is longer than " + LineCutter.MAX_LINE + " octets"
                    : take(new String(line, StandardCharsets.ISO_8859_1).strip());
            if (wrong != null) {
                bad++;
                if (errors.size() < MAX_ERRORS) {
                    errors.add(new Mistake(lines, wrong));
                }
            }
        }
    }

    /** Takes a line, and gives what is wrong with it; null for nothing. */
    private @Nullable String take(String line) {
        if (line.isEmpty() || line.startsWith("#")) {
            return null;
        }
        String[] fields = BLANKS.split(line, MAX_FIELDS + 1);
        Origin origin = Origin.parse(fields[0]).orElse(null);
        if (origin == null) {
            return "no IP address; write it like 192.0.2.1 or 2001:db8::1";
        }
        Instant at = fields.length == 1 ? now : time(fields[1]);
        if (fields.length > MAX_FIELDS || at == null) {
            return "no time after the address; write it like 2026-11-22T10:00:00Z, or as seconds since 1970";
        }
        if (at.isAfter(now.plus(FAST_CLOCK))) {
            return "the time is in the future; look at the clocks";
        }
        if (at.isBefore(oldest)) {
            old++;
            return null;
        }
        late |= at.isBefore(now);
        seen.add(new Seen(origin, at.isAfter(now) ? now : at));
        return null;
    }

    private static @Nullable Instant time(String text) {
        if (SECONDS.matcher(text).matches()) {
            return Instant.ofEpochSecond(Long.parseLong(text));
        }
        try {
            return OffsetDateTime.parse(text, ISO).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    List<Seen> seen() {
        return seen;
    }

    /** Whether somebody was seen earlier than just now. */
    boolean isLate() {
        return late;
    }

    /** How many lines there were, of whatever kind. */
    long lines() {
        return lines;
    }

    /** How many had a time so long ago that nobody asks for it. */
    long old() {
        return old;
    }

    /** How many could not be understood. */
    long bad() {
        return bad;
    }

    /** What was wrong with the first ten of them. */
    List<Mistake> errors() {
        return errors;
    }
}
