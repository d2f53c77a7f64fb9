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
import org.decoymx.policy.Network;
import org.jspecify.annotations.Nullable;

/**
 * The file that keeps grants: one of networks like any other, whose comments begin with the moment of the grant. What the
 * administrator wrote into it is kept; a line that is no grant becomes a comment with the next write.
 */
final class GrantsFile {
    /** Grants that there may be. */
    static final int MAX_GRANTS = 10_000;

    private static final int MAX_WHY = 200;
    private static final String NOT_TAKEN = "# not taken: ";
    private static final Line HEAD = new Line(
            "# Networks exempt at run time: PUT and DELETE /exemptions/... Edit this while the decoy is stopped.",
            null);

    private final Path path;
    private final String name;

    GrantsFile(Path path) {
        this.path = path;
        name = Printable.of(path.toString(), MAX_WHY);
    }

    /** A line of the file, and the grant that it stands for, if any. */
    record Line(String text, @Nullable Grant grant) {

        static Line of(Grant grant) {
            return new Line(grant.line(), grant);
        }
    }

    /** All lines, and those that could not be understood. */
    record Content(List<Line> lines, Mistakes mistakes) {}

    String name() {
        return name;
    }

    /** Reads the file; where there is none yet, there is nothing but a comment. */
    Content read() throws IOException {
        Mistakes mistakes = new Mistakes(name);
        try (InputStream in = Files.newInputStream(path)) {
            Instant modified = Files.getLastModifiedTime(path).toInstant().truncatedTo(ChronoUnit.SECONDS);
            return new Content(lines(new BoundedLines(in), modified, mistakes), mistakes);
        } catch (NoSuchFileException e) {
            return new Content(List.of(HEAD), mistakes);
        }
    }

    private static List<Line> lines(BoundedLines file, Instant modified, Mistakes mistakes) throws IOException {
        List<Line> lines = new ArrayList<>();
        Set<Network> granted = new HashSet<>();
        for (@Nullable String text = file.next(); text != null; text = file.next()) {
            if (file.number() > NetworkText.MAX_LINES) {
                throw new IOException("it has more than " + NetworkText.MAX_LINES + " lines");
            }
            try {
                Optional<Grant> grant =
                        NetworkText.parse(text, file.isTooLong()).map(said -> grant(said, modified));
                grant.ifPresent(one -> admit(one, granted));
                lines.add(grant.map(Line::of).orElse(new Line(text.stripTrailing(), null)));
            } catch (IllegalArgumentException e) {
                mistakes.add(file.number(), String.valueOf(e.getMessage()));
                lines.add(new Line(NOT_TAKEN + Printable.of(text.strip(), BoundedLines.MAX_OCTETS / 2), null));
            }
        }
        return lines;
    }

    private static void admit(Grant grant, Set<Network> granted) {
        if (granted.size() == MAX_GRANTS) {
            throw new IllegalArgumentException(
                    "'" + grant.network() + "' is one too many; " + MAX_GRANTS + " networks are allowed");
        }
        if (!granted.add(grant.network())) {
            throw new IllegalArgumentException("'" + grant.network() + "' is there twice");
        }
    }

    /** A line that was written by hand says nothing of its time. */
    private static Grant grant(NetworkLine said, Instant modified) {
        if (!said.exempt()) {
            throw new IllegalArgumentException(
                    "'!" + said.network() + "' is not allowed here; take a network out again in decoy.exempt.networks");
        }
        int blank = said.comment().indexOf(' ');
        String first = blank < 0 ? said.comment() : said.comment().substring(0, blank);
        Optional<Instant> since = instant(first);
        String why = since.isEmpty() ? said.comment() : said.comment().substring(first.length());
        return new Grant(said.network(), Printable.of(why.strip().replace('\t', ' '), MAX_WHY), since.orElse(modified));
    }

    private static Optional<Instant> instant(String text) {
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
    void write(List<Line> lines) throws IOException {
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
