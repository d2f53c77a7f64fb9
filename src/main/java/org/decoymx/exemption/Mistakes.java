package org.decoymx.exemption;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What could not be understood of a file: the first few in words, the rest counted. */
final class Mistakes {
    private static final int SAID = 10;

    private final String file;
    private final List<String> words = new ArrayList<>();
    private int count;

    /**
     * @param file as it is named in each mistake
     */
    Mistakes(String file) {
        this.file = file;
    }

    /** Notes a line. */
    void add(int line, String what) {
        count++;
        if (words.size() < SAID) {
            words.add(file + ":" + line + ": " + what);
        }
    }

    /** Ten lines at most, and one that says how many more there are. */
    List<String> lines() {
        List<String> lines = new ArrayList<>(words);
        if (count > SAID) {
            lines.add(file + ": and " + (count - SAID) + " more such lines");
        }
        return lines;
    }

    /** The first one, and how many more there are; empty when there is none. */
    Optional<String> summary() {
        return words.stream().findFirst().map(first -> count == 1 ? first : first + "; and " + (count - 1) + " more");
    }
}
