package org.decoymx.exemption;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.decoymx.policy.Exemption;
import org.decoymx.support.BoundedLineReader;
import org.decoymx.support.FileMessages;
import org.decoymx.support.ParseErrors;
import org.decoymx.support.PrintableText;
import org.decoymx.support.WatchedFile;
import org.jspecify.annotations.Nullable;

/** Parses a file of networks: one per line, {@code #} starts a comment, {@code !} makes an exception. */
final class NetworkListParser {
    /** Maximum number of lines. */
    static final int MAX_LINES = 100_000;

    /** Maximum length of a line. */
    static final int MAX_LINE_OCTETS = 1_000;

    private static final int MAX_COMMENT = 200;

    private final String file;

    /** Parses a file, whose path is used for descriptions. */
    static WatchedFile<ParsedList> watch(Path path, Clock clock) {
        return new WatchedFile<>(path, new NetworkListParser(FileMessages.name(path))::read, clock);
    }

    /**
     * @param file the file name for descriptions
     */
    NetworkListParser(String file) {
        this.file = file;
    }

    /**
     * Contents of a file.
     *
     * @param exemptions the valid lines
     * @param errors the invalid lines
     */
    record ParsedList(List<Exemption> exemptions, ParseErrors errors) implements WatchedFile.Contents {}

    /** Reads to the end, or up to {@link #MAX_LINES}. */
    ParsedList read(InputStream in) throws IOException {
        List<Exemption> exemptions = new ArrayList<>();
        ParseErrors errors = new ParseErrors();
        String name = "named in " + file;
        BoundedLineReader lines = new BoundedLineReader(in, MAX_LINE_OCTETS);
        for (@Nullable String line = lines.readText(); line != null; line = lines.readText()) {
            if (lines.lineNumber() > MAX_LINES) {
                errors.add(lines.lineNumber(), "at most " + MAX_LINES + " lines are allowed; the rest is ignored");
                break;
            }
            try {
                parseLine(line, lines.isTooLong()).ifPresent(entry -> exemptions.add(toExemption(entry, name)));
            } catch (IllegalArgumentException e) {
                errors.add(lines.lineNumber(), String.valueOf(e.getMessage()));
            }
        }
        return new ParsedList(exemptions, errors);
    }

    /**
     * Parses a line; empty when it is blank or only a comment.
     *
     * @throws IllegalArgumentException when it is not a valid network, or too long; the message quotes it
     */
    static Optional<NetworkLine> parseLine(String line, boolean tooLong) {
        if (tooLong) {
            throw new IllegalArgumentException(
                    "'" + PrintableText.escape(line, 20) + "' is too long (at most " + MAX_LINE_OCTETS + " octets)");
        }
        return NetworkLine.parse(line);
    }

    private static Exemption toExemption(NetworkLine line, String name) {
        return new Exemption(line.network(), line.exempt(), withComment(name, line.comment()));
    }

    /** Appends a comment, escaped, in parentheses. */
    static String withComment(String name, String comment) {
        return comment.isEmpty()
                ? name
                : name + " (" + PrintableText.escape(comment.replace('\t', ' '), MAX_COMMENT) + ")";
    }
}
