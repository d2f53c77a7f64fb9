package org.decoymx.exemption;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What could not be understood of a file: the first few in words, the rest counted. */
final class ParseErrors {
    private static final int MAX_REPORTED = 10;

    private final String file;
    private final List<String> messages = new ArrayList<>();
    private int count;

    /**
     * @param file as it is named in each mistake
     */
    ParseErrors(String file) {
        this.file = file;
    }

    /** Notes a line. */
    void add(int line, String what) {
        count++;
        if (messages.size() < MAX_REPORTED) {
            messages.add(file + ":" + line + ": " + what);
        }
    }

    /** Ten lines at most, and one that says how many more there are. */
    List<String> toLogLines() {
        List<String> lines = new ArrayList<>(messages);
        if (count > MAX_REPORTED) {
            lines.add(file + ": and " + (count - MAX_REPORTED) + " more such lines");
        }
        return lines;
    }

    /** The first one, and how many more there are; empty when there is none. */
    Optional<String> summary() {
        return messages.stream()
                .findFirst()
                .map(first -> count == 1 ? first : first + "; and " + (count - 1) + " more");
    }
}
