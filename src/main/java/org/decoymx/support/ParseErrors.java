package org.decoymx.support;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Invalid lines of a file or request: the first ten, and the number of all. */
public final class ParseErrors {
    private static final int MAX_REPORTED = 10;

    private final List<ParseError> first = new ArrayList<>();
    private long count;

    /**
     * An invalid line.
     *
     * @param line its number, from 1
     * @param error what is wrong with it; it must be safe to show
     */
    public record ParseError(long line, String error) {}

    /** Adds an invalid line. */
    public void add(long line, String error) {
        count++;
        if (first.size() < MAX_REPORTED) {
            first.add(new ParseError(line, error));
        }
    }

    /** The number of all invalid lines. */
    public long count() {
        return count;
    }

    /** The first invalid lines, at most ten. */
    public List<ParseError> first() {
        return List.copyOf(first);
    }

    /** Log lines: the first invalid lines, and the number of the others. */
    public List<String> toLogLines(String file) {
        List<String> lines = new ArrayList<>();
        first.forEach(error -> lines.add(format(file, error)));
        if (count > MAX_REPORTED) {
            lines.add(file + ": " + (count - MAX_REPORTED) + " more invalid lines");
        }
        return lines;
    }

    /** The first invalid line and the number of the others; empty when there are none. */
    public Optional<String> summary(String file) {
        return first.stream()
                .findFirst()
                .map(error -> format(file, error) + (count == 1 ? "" : "; and " + (count - 1) + " more"));
    }

    private static String format(String file, ParseError error) {
        return file + ":" + error.line() + ": " + error.error();
    }
}
