package org.decoymx.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Damaged files that were renamed, {@code ledger.db.corrupt-20260101T000000Z}. Their number is limited, because a
 * failing disk would fill itself with them.
 */
public final class QuarantinedFiles {
    private static final Logger LOG = Logger.getLogger(QuarantinedFiles.class);
    private static final int MAX_FILES = 5;
    private static final String INFIX = ".corrupt-";
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private QuarantinedFiles() {}

    /** The names of those of a file that still exist. */
    public static List<String> names(Path file) {
        Pattern name = Pattern.compile(Pattern.quote(file.getFileName() + INFIX) + "\\w+");
        try (Stream<Path> files = Files.list(file.toAbsolutePath().getParent())) {
            return files.map(other -> other.getFileName().toString())
                    .filter(name.asMatchPredicate())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            LOG.debugf("Cannot list quarantined files: %s", e.getMessage());
            return List.of();
        }
    }

    /** The name that a damaged file gets, or has already; empty if there are too many already. */
    public static Optional<Path> newName(Path file, Instant now) {
        Optional<Path> unfinished = unfinished(file);
        return unfinished.isPresent() || names(file).size() >= MAX_FILES
                ? unfinished
                : Optional.of(file.resolveSibling(file.getFileName() + INFIX + TIMESTAMP.format(now)));
    }

    /** The second name of a file that was not replaced yet, because of a crash or an error; empty if it has none. */
    public static Optional<Path> unfinished(Path file) {
        return names(file).stream()
                .map(file::resolveSibling)
                .filter(name -> isSameFile(file, name))
                .findFirst();
    }

    private static boolean isSameFile(Path file, Path other) {
        try {
            return Files.exists(other) && Files.isSameFile(file, other);
        } catch (IOException e) {
            LOG.debugf("Cannot compare %s with %s: %s", file, other, e.getMessage());
            return false;
        }
    }

    /** The message for a damaged file when there are too many already. */
    public static String describeTooMany(Path file) {
        return file + " is damaged, and there are " + MAX_FILES
                + " quarantined files already; check the disk, then move the *.corrupt-* files away";
    }

    /**
     * Gives a damaged file a second name, so that it is still there when it was replaced. It keeps its first name until
     * then: without a file, a crash would look like a first start.
     *
     * @param target from {@link #newName}
     */
    public static void keep(Path file, Path target) throws IOException {
        if (isSameFile(file, target)) {
            return;
        }
        try {
            Files.createLink(target, file);
        } catch (UnsupportedOperationException | IOException e) {
            Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
        }
    }
}
