package org.decoymx.support;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * A text file that the decoy writes, with a copy beside it ({@code spf.txt.bak}). After a power cut a file may be empty
 * or filled with zeros; then it is quarantined, and the copy takes its place.
 */
public final class KeptFile {
    private static final Logger LOG = Logger.getLogger(KeptFile.class);
    private static final String COPY_SUFFIX = ".bak";
    private static final int BUFFER_SIZE = 8_192;

    private final Path path;
    private final Path copy;
    private final DamageCheck check;
    private final Clock clock;
    private final FileAttribute<?>[] attributes;

    /** Finds damage. */
    public interface DamageCheck {
        /** What is wrong with an existing file; empty if nothing is. */
        Optional<String> findDamage(Path file) throws IOException;
    }

    /**
     * @param attributes attributes of the files, such as their permissions
     */
    public KeptFile(Path path, DamageCheck check, Clock clock, FileAttribute<?>... attributes) {
        this.path = path;
        copy = path.resolveSibling(path.getFileName() + COPY_SUFFIX);
        this.check = check;
        this.clock = clock;
        this.attributes = attributes;
    }

    /** A check for a text that is never empty, and that a user may edit. */
    public static Optional<String> findDamageOfText(Path file) throws IOException {
        byte[] buffer = new byte[BUFFER_SIZE];
        long total = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
                for (int i = 0; i < read; i++) {
                    if (buffer[i] == 0) {
                        return Optional.of("has a NUL octet");
                    }
                }
                total += read;
            }
        }
        return total == 0 ? Optional.of("is empty") : Optional.empty();
    }

    public Path path() {
        return path;
    }

    /**
     * Checks the file. A damaged one is quarantined, and the copy takes its place if it is not damaged. Call it before
     * the file is read.
     *
     * @throws IOException if the file cannot be read or quarantined; the message names it and says why
     */
    public void recover() throws IOException {
        if (!Files.isRegularFile(path)) {
            return;
        }
        Optional<String> damage = check.findDamage(path);
        if (damage.isEmpty()) {
            updateCopy();
            return;
        }
        Path target = QuarantinedFiles.newName(path, clock.instant())
                .orElseThrow(() -> new IOException(QuarantinedFiles.describeTooMany(path)));
        boolean hasCopy = Files.isRegularFile(copy) && check.findDamage(copy).isEmpty();
        if (hasCopy) {
            QuarantinedFiles.keep(path, target);
            AtomicFile.write(path, Files.readAllBytes(copy), attributes);
        } else {
            Files.move(path, target);
        }
        LOG.errorf(
                "%s %s; quarantined as %s, %s",
                FileMessages.name(path),
                damage.get(),
                FileMessages.name(target),
                hasCopy ? "the copy " + copy.getFileName() + " takes its place" : "there is no copy of it");
    }

    /** A user may have edited the file. */
    private void updateCopy() {
        try {
            if (!Files.exists(copy) || Files.mismatch(path, copy) >= 0) {
                AtomicFile.write(copy, Files.readAllBytes(path), attributes);
            }
        } catch (IOException e) {
            LOG.debugf("Cannot update the copy of %s: %s", path, e.getMessage());
        }
    }

    /**
     * Replaces the file and its copy. On return the contents are on disk.
     *
     * @throws IOException if the file cannot be written; the message says why, and the old file is unchanged
     */
    public void write(String text) throws IOException {
        AtomicFile.write(path, text, attributes);
        updateCopy();
    }

    /** What to tell the administrator while there are quarantined files of this name; empty if there are none. */
    public Optional<String> problem() {
        List<String> quarantined = QuarantinedFiles.names(path);
        return quarantined.isEmpty()
                ? Optional.empty()
                : Optional.of(String.join(", ", quarantined) + ": " + path.getFileName()
                        + " was damaged and quarantined; check what it has now, then move the damaged file away");
    }
}
