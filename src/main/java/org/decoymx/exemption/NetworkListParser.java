package org.decoymx.exemption;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.decoymx.policy.Exemption;
import org.jspecify.annotations.Nullable;

/** Reads a file of networks: one a line, {@code #} begins a comment, {@code !} takes a network out again. */
final class NetworkListParser {
    /** Lines that are read; what is beyond is a mistake. */
    static final int MAX_LINES = 100_000;

    private static final int MAX_COMMENT = 200;

    private final String file;

    /**
     * @param file as it is named in the exemptions' names, and in mistakes
     */
    NetworkListParser(String file) {
        this.file = file;
    }

    /**
     * What a file says.
     *
     * @param exemptions of the lines that could be understood
     * @param errors the other lines
     */
    record ParsedList(List<Exemption> exemptions, ParseErrors errors) {}

    /** Reads to the end, or as far as is allowed. */
    ParsedList read(InputStream in) throws IOException {
        List<Exemption> exemptions = new ArrayList<>();
        ParseErrors mistakes = new ParseErrors(file);
        String name = "named in " + file;
        BoundedLineReader lines = new BoundedLineReader(in);
        for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (lines.lineNumber() > MAX_LINES) {
                mistakes.add(lines.lineNumber(), MAX_LINES + " lines are allowed; this one and the rest are not read");
                break;
            }
            try {
                parseLine(line, lines.isLineTooLong()).ifPresent(said -> exemptions.add(toExemption(said, name)));
            } catch (IllegalArgumentException e) {
                mistakes.add(lines.lineNumber(), String.valueOf(e.getMessage()));
            }
        }
        return new ParsedList(exemptions, mistakes);
    }

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException when it is no network, or too long; the message quotes it
     */
    static Optional<NetworkLine> parseLine(String line, boolean tooLong) {
        if (tooLong) {
            throw new IllegalArgumentException("'" + PrintableText.escape(line, 20) + "' is too long; a line may have "
                    + BoundedLineReader.MAX_LINE_OCTETS + " octets");
        }
        return NetworkLine.parse(line);
    }

    private static Exemption toExemption(NetworkLine said, String name) {
        return new Exemption(said.network(), said.exempt(), withComment(name, said.comment()));
    }

    /** A name and, in brackets, what a comment says of it. */
    static String withComment(String name, String comment) {
        return comment.isEmpty()
                ? name
                : name + " (" + PrintableText.escape(comment.replace('\t', ' '), MAX_COMMENT) + ")";
    }
}
