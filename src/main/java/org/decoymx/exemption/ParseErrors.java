package org.decoymx.exemption;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Invalid lines of a file: messages for the first few, and the total number. */
final class ParseErrors {
    private static final int MAX_REPORTED = 10;

    private final String file;
    private final List<String> messages = new ArrayList<>();
    private int count;

    /**
     * @param file the file name in the messages
     */
    ParseErrors(String file) {
        this.file = file;
    }

    /** Adds an invalid line. */
    void add(long line, String message) {
        count++;
        if (messages.size() < MAX_REPORTED) {
            messages.add(file + ":" + line + ": " + message);
        }
    }

    /** Log lines: at most ten messages, and the number of the others. */
    List<String> toLogLines() {
        List<String> lines = new ArrayList<>(messages);
        if (count > MAX_REPORTED) {
            lines.add(file + ": " + (count - MAX_REPORTED) + " more invalid lines");
        }
        return lines;
    }

    /** The first message and the number of the others; empty when there are no errors. */
    Optional<String> summary() {
        return messages.stream()
                .findFirst()
                .map(first -> count == 1 ? first : first + "; and " + (count - 1) + " more");
    }
}
