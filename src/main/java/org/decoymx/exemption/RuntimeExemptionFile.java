package org.decoymx.exemption;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.decoymx.policy.IpNetwork;
import org.jspecify.annotations.Nullable;

/**
 * The file that keeps grants: one of networks like any other, whose comments begin with the moment of the grant. What the
 * administrator wrote into it is kept; a line that is no grant becomes a comment with the next write.
 */
final class RuntimeExemptionFile {
    /** Grants that there may be. */
    static final int MAX_EXEMPTIONS = 10_000;

    private static final int MAX_REASON_LENGTH = 200;
    private static final String REJECTED_PREFIX = "# not taken: ";
    private static final ExemptionFileLine HEADER = new ExemptionFileLine(
            "# Networks exempt at run time: PUT and DELETE /exemptions/... Edit this while the decoy is stopped.",
            null);

    private final Path path;
    private final String name;

    RuntimeExemptionFile(Path path) {
        this.path = path;
        name = PrintableText.escape(path.toString(), MAX_REASON_LENGTH);
    }

    /** A line of the file, and the grant that it stands for, if any. */
    record ExemptionFileLine(String text, @Nullable RuntimeExemption exemption) {

        static ExemptionFileLine of(RuntimeExemption grant) {
            return new ExemptionFileLine(grant.toFileLine(), grant);
        }
    }

    /** All lines, and those that could not be understood. */
    record ExemptionFileContent(List<ExemptionFileLine> lines, ParseErrors parseErrors) {}

    String name() {
        return name;
    }

    /** Reads the file; where there is none yet, there is nothing but a comment. */
    ExemptionFileContent read() throws IOException {
        ParseErrors mistakes = new ParseErrors(name);
        try (InputStream in = Files.newInputStream(path)) {
            Instant modified = Files.getLastModifiedTime(path).toInstant().truncatedTo(ChronoUnit.SECONDS);
            return new ExemptionFileContent(parseLines(new BoundedLineReader(in), modified, mistakes), mistakes);
        } catch (NoSuchFileException e) {
            return new ExemptionFileContent(List.of(HEADER), mistakes);
        }
    }

    private static List<ExemptionFileLine> parseLines(BoundedLineReader file, Instant modified, ParseErrors mistakes)
            throws IOException {
        List<ExemptionFileLine> lines = new ArrayList<>();
        Set<IpNetwork> granted = new HashSet<>();
        for (@Nullable String text = file.readLine(); text != null; text = file.readLine()) {
            if (file.lineNumber() > NetworkListParser.MAX_LINES) {
                throw new IOException("it has more than " + NetworkListParser.MAX_LINES + " lines");
            }
            try {
                Optional<RuntimeExemption> grant = NetworkListParser.parseLine(text, file.isLineTooLong())
                        .map(said -> toRuntimeExemption(said, modified));
                grant.ifPresent(one -> checkLimitAndDuplicate(one, granted));
                lines.add(grant.map(ExemptionFileLine::of).orElse(new ExemptionFileLine(text.stripTrailing(), null)));
            } catch (IllegalArgumentException e) {
                mistakes.add(file.lineNumber(), String.valueOf(e.getMessage()));
                lines.add(new ExemptionFileLine(
                        REJECTED_PREFIX + PrintableText.escape(text.strip(), BoundedLineReader.MAX_LINE_OCTETS / 2),
                        null));
            }
        }
        return lines;
    }

    private static void checkLimitAndDuplicate(RuntimeExemption grant, Set<IpNetwork> granted) {
        if (granted.size() == MAX_EXEMPTIONS) {
            throw new IllegalArgumentException(
                    "'" + grant.network() + "' is one too many; " + MAX_EXEMPTIONS + " networks are allowed");
        }
        if (!granted.add(grant.network())) {
            throw new IllegalArgumentException("'" + grant.network() + "' is there twice");
        }
    }

    /** A line that was written by hand says nothing of its time. */
    private static RuntimeExemption toRuntimeExemption(NetworkLine said, Instant modified) {
        if (!said.exempt()) {
            throw new IllegalArgumentException(
                    "'!" + said.network() + "' is not allowed here; take a network out again in decoy.exempt.networks");
        }
        int blank = said.comment().indexOf(' ');
        String first = blank < 0 ? said.comment() : said.comment().substring(0, blank);
        Optional<Instant> since = parseInstant(first);
        String why = since.isEmpty() ? said.comment() : said.comment().substring(first.length());
        return new RuntimeExemption(
                said.network(),
                PrintableText.escape(why.strip().replace('\t', ' '), MAX_REASON_LENGTH),
                since.orElse(modified));
    }

    private static Optional<Instant> parseInstant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /**
     * Writes the file anew; when this returns it is on the disk.
     *
     * @throws IOException when it could not be; then the old one stands
     */
    void write(List<ExemptionFileLine> lines) throws IOException {
        String text = lines.stream().map(line -> line.text() + "\n").collect(Collectors.joining());
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        try {
            try (FileChannel channel = FileChannel.open(
                    fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer octets = StandardCharsets.UTF_8.encode(text);
                while (octets.hasRemaining()) {
                    channel.write(octets);
                }
                channel.force(true);
            }
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(fresh);
            throw e;
        }
        try (FileChannel directory = FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
