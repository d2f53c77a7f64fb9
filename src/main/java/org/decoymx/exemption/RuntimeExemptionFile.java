package org.decoymx.exemption;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.decoymx.net.IpPrefix;
import org.decoymx.support.BoundedLineReader;
import org.decoymx.support.FileMessages;
import org.decoymx.support.KeptFile;
import org.decoymx.support.ParseErrors;
import org.decoymx.support.PrintableText;
import org.jspecify.annotations.Nullable;

/**
 * The file of run-time exemptions: a file of networks whose comments begin with the time of the exemption. Lines that
 * the administrator edited are kept. Invalid lines become comments at the next write.
 */
final class RuntimeExemptionFile {
    /** Maximum number of exemptions. */
    static final int MAX_EXEMPTIONS = 10_000;

    private static final int MAX_REASON_LENGTH = 200;
    private static final String REJECTED_PREFIX = "# rejected: ";
    private static final ExemptionFileLine HEADER = new ExemptionFileLine(
            "# Networks exempt at run time: PUT and DELETE /exemptions/... Stop the decoy before you edit this file.",
            null);

    private final Path path;
    private final KeptFile file;
    private final String name;

    RuntimeExemptionFile(Path path, Clock clock) {
        this.path = path;
        file = new KeptFile(path, KeptFile::findDamageOfText, clock);
        name = FileMessages.name(path);
    }

    /** A line of the file, and its exemption, if any. */
    record ExemptionFileLine(String text, @Nullable RuntimeExemption exemption) {

        static ExemptionFileLine of(RuntimeExemption exemption) {
            return new ExemptionFileLine(exemption.toFileLine(), exemption);
        }
    }

    /** All lines, except for those of the latest changes, and the errors in them. */
    record ExemptionFileContent(List<ExemptionFileLine> lines, List<ExemptionMark> marks, ParseErrors parseErrors) {}

    /** The networks that are exempt in these lines. */
    static Set<IpPrefix> networks(List<ExemptionFileLine> lines) {
        return lines.stream()
                .flatMap(line -> Stream.ofNullable(line.exemption()))
                .map(RuntimeExemption::network)
                .collect(Collectors.toSet());
    }

    /** The lines without some exemptions. */
    static List<ExemptionFileLine> without(List<ExemptionFileLine> lines, Predicate<RuntimeExemption> dropped) {
        return lines.stream()
                .filter(line -> line.exemption() == null || !dropped.test(line.exemption()))
                .toList();
    }

    /** The lines after changes, which are by network. */
    static List<ExemptionFileLine> merged(List<ExemptionFileLine> lines, Map<IpPrefix, SharedExemption> changes) {
        return Stream.concat(
                        without(lines, exemption -> changes.containsKey(exemption.network())).stream(),
                        changes.values().stream()
                                .flatMap(change -> Stream.ofNullable(change.exemption()))
                                .map(ExemptionFileLine::of))
                .toList();
    }

    /**
     * Returns a reason that can be written.
     *
     * @throws IllegalArgumentException if it cannot; the message says what is allowed
     */
    static String checkReason(String reason) {
        if (reason.length() > MAX_REASON_LENGTH || !PrintableText.isPrintable(reason)) {
            throw new IllegalArgumentException(
                    "The body is the reason: one line of at most " + MAX_REASON_LENGTH + " printable characters");
        }
        return reason;
    }

    String name() {
        return name;
    }

    /** What is wrong with the file apart from its lines; empty if nothing is. */
    Optional<String> problem() {
        return file.problem();
    }

    /** Reads the file, or its copy if it is damaged. A missing file counts as one with only the header. */
    ExemptionFileContent read() throws IOException {
        file.recover();
        ParseErrors errors = new ParseErrors();
        try (InputStream in = Files.newInputStream(path)) {
            Instant modified = Files.getLastModifiedTime(path).toInstant().truncatedTo(ChronoUnit.SECONDS);
            List<ExemptionMark> marks = new ArrayList<>();
            List<ExemptionFileLine> lines =
                    parseLines(new BoundedLineReader(in, NetworkListParser.MAX_LINE_OCTETS), modified, marks, errors);
            return new ExemptionFileContent(lines, marks, errors);
        } catch (NoSuchFileException e) {
            return new ExemptionFileContent(List.of(HEADER), List.of(), errors);
        }
    }

    private static List<ExemptionFileLine> parseLines(
            BoundedLineReader file, Instant modified, List<ExemptionMark> marks, ParseErrors errors)
            throws IOException {
        List<ExemptionFileLine> lines = new ArrayList<>();
        Set<IpPrefix> seen = new HashSet<>();
        for (@Nullable String text = file.readText(); text != null; text = file.readText()) {
            Optional<ExemptionMark> mark = ExemptionMark.parse(text);
            mark.filter(bounded -> marks.size() < ExemptionMarks.MAX).ifPresent(marks::add);
            // marks do not count: what other nodes change must not keep this one from starting
            if (file.lineNumber() - marks.size() > NetworkListParser.MAX_LINES) {
                throw new IOException("more than " + NetworkListParser.MAX_LINES + " lines");
            }
            if (mark.isPresent()) {
                continue;
            }
            try {
                Optional<RuntimeExemption> exemption = NetworkListParser.parseLine(text, file.isTooLong())
                        .map(line -> toRuntimeExemption(line, modified));
                exemption.ifPresent(parsed -> checkLimitAndDuplicate(parsed, seen));
                lines.add(
                        exemption.map(ExemptionFileLine::of).orElse(new ExemptionFileLine(text.stripTrailing(), null)));
            } catch (IllegalArgumentException e) {
                errors.add(file.lineNumber(), String.valueOf(e.getMessage()));
                lines.add(new ExemptionFileLine(
                        REJECTED_PREFIX + PrintableText.escape(text.strip(), NetworkListParser.MAX_LINE_OCTETS / 2),
                        null));
            }
        }
        return lines;
    }

    private static void checkLimitAndDuplicate(RuntimeExemption exemption, Set<IpPrefix> seen) {
        if (seen.size() == MAX_EXEMPTIONS) {
            throw new IllegalArgumentException("'" + exemption.network().cidr() + "' exceeds the limit; at most "
                    + MAX_EXEMPTIONS + " are allowed");
        }
        if (!seen.add(exemption.network())) {
            throw new IllegalArgumentException("'" + exemption.network().cidr() + "' is a duplicate");
        }
    }

    /** A line without a time, written by hand, gets the modification time of the file. */
    private static RuntimeExemption toRuntimeExemption(NetworkLine line, Instant modified) {
        if (!line.exempt()) {
            throw new IllegalArgumentException(
                    "'!" + line.network().cidr() + "' is not allowed here; use decoy.exempt.networks for exceptions");
        }
        int space = line.comment().indexOf(' ');
        String first = space < 0 ? line.comment() : line.comment().substring(0, space);
        try {
            return RuntimeExemption.of(
                    line.network(), first, cleanReason(line.comment().substring(first.length())));
        } catch (DateTimeException e) {
            return new RuntimeExemption(line.network(), cleanReason(line.comment()), modified, null);
        }
    }

    private static String cleanReason(String text) {
        return PrintableText.escape(text.strip().replace('\t', ' '), MAX_REASON_LENGTH);
    }

    /**
     * Replaces the file, which is never empty: then it is damaged. On return the contents are on disk.
     *
     * @throws IOException when it cannot be written; the message says why, and the old file is unchanged
     */
    void write(List<ExemptionFileLine> lines, Collection<ExemptionMark> marks) throws IOException {
        List<ExemptionFileLine> written = lines.isEmpty() ? List.of(HEADER) : lines;
        file.write(Stream.concat(
                        written.stream().map(ExemptionFileLine::text),
                        marks.stream().map(ExemptionMark::toLine))
                .map(line -> line + "\n")
                .collect(Collectors.joining()));
    }
}
