package org.decoymx.exemption;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.decoymx.policy.Exemption;
import org.jspecify.annotations.Nullable;

/** Reads a file of networks: one a line, {@code #} begins a comment, {@code !} takes a network out again. */
final class NetworkText {
    /** Lines that are read; what is beyond is a mistake. */
    static final int MAX_LINES = 100_000;

    private static final int MAX_COMMENT = 200;

    private final String file;

    /**
     * @param file as it is named in the exemptions' names, and in mistakes
     */
    NetworkText(String file) {
        this.file = file;
    }

    /**
     * What a file says.
     *
     * @param exemptions of the lines that could be understood
     * @param mistakes the other lines
     */
    record Said(List<Exemption> exemptions, Mistakes mistakes) {}

    /** Reads to the end, or as far as is allowed. */
    Said read(InputStream in) throws IOException {
        List<Exemption> exemptions = new ArrayList<>();
        Mistakes mistakes = new Mistakes(file);
        String name = "named in " + file;
        BoundedLines lines = new BoundedLines(in);
        for (@Nullable String line = lines.next(); line != null; line = lines.next()) {
            if (lines.number() > MAX_LINES) {
                mistakes.add(lines.number(), MAX_LINES + " lines are allowed; this one and the rest are not read");
                break;
            }
            try {
                parse(line, lines.isTooLong()).ifPresent(said -> exemptions.add(exemption(said, name)));
            } catch (IllegalArgumentException e) {
                mistakes.add(lines.number(), String.valueOf(e.getMessage()));
            }
        }
        return new Said(exemptions, mistakes);
    }

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException when it is no network, or too long; the message quotes it
     */
    static Optional<NetworkLine> parse(String line, boolean tooLong) {
        if (tooLong) {
            throw new IllegalArgumentException("'" + Printable.of(line, 20) + "' is too long; a line may have "
                    + BoundedLines.MAX_OCTETS + " octets");
        }
        return NetworkLine.parse(line);
    }

    private static Exemption exemption(NetworkLine said, String name) {
        return new Exemption(said.network(), said.exempt(), named(name, said.comment()));
    }

    /** A name and, in brackets, what a comment says of it. */
    static String named(String name, String comment) {
        return comment.isEmpty() ? name : name + " (" + Printable.of(comment.replace('\t', ' '), MAX_COMMENT) + ")";
    }
}
