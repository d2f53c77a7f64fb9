package org.decoymx.support;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A file that a user writes, and that is checked for changes. A change is applied when two checks in a row find the
 * same version, so that the file is not read while it is being written. A file that changes at every check is read
 * after {@link #MAX_UNSETTLED_CHECKS} such checks.
 *
 * @param <T> what is read from it
 */
public final class WatchedFile<T extends WatchedFile.Contents> {
    private static final Logger LOG = Logger.getLogger(WatchedFile.class);
    private static final int MAX_UNSETTLED_CHECKS = 15;

    private final Path path;
    private final Parser<T> parser;
    private final String name;
    private @Nullable FileVersion appliedVersion;
    private @Nullable FileVersion lastSeenVersion;
    private int unsettledChecks;
    private final Condition readable;
    private volatile ParseErrors parseErrors = new ParseErrors();

    /** What is read from a file. */
    public interface Contents {
        /** The invalid lines, which have no effect. */
        ParseErrors errors();
    }

    /** Reads a file. */
    public interface Parser<T> {
        /** Reads to the end; the number of lines and their lengths must be limited. */
        T parse(InputStream in) throws IOException;
    }

    public WatchedFile(Path path, Parser<T> parser, Clock clock) {
        this.path = path;
        this.parser = parser;
        readable = new Condition(clock);
        name = FileMessages.name(path);
    }

    /** Identifies a version of the file. Follows symbolic links, so it also changes when a link does. */
    private record FileVersion(
            FileTime modified, long size, @Nullable Object key) {

        static FileVersion of(Path path) throws IOException {
            BasicFileAttributes current = Files.readAttributes(path, BasicFileAttributes.class);
            if (!current.isRegularFile()) {
                throw new FileSystemException(path.toString(), null, "not a regular file");
            }
            return new FileVersion(current.lastModifiedTime(), current.size(), current.fileKey());
        }
    }

    /** Its name for messages. */
    public String name() {
        return name;
    }

    /** Reads the file for the first time. */
    public T readInitial() throws IOException {
        FileVersion current = FileVersion.of(path);
        return markApplied(current, parseFile());
    }

    private T parseFile() throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return parser.parse(in);
        }
    }

    private T markApplied(FileVersion version, T list) {
        appliedVersion = version;
        parseErrors = list.errors();
        return list;
    }

    /** Reads the file when it has changed; empty when it has not, or cannot be read. */
    public Optional<T> readIfChanged() {
        try {
            FileVersion current = FileVersion.of(path);
            Optional<T> list = isSettled(current) ? readIfUnchangedMeanwhile(current) : Optional.empty();
            readable.recover(() -> LOG.infof("%s can be read again", name));
            return list;
        } catch (IOException e) {
            lastSeenVersion = null;
            String problem =
                    name + " cannot be read: " + FileMessages.describe(e) + "; its last contents stay in effect";
            readable.fail(problem, () -> LOG.warn(problem));
            return Optional.empty();
        }
    }

    /** Discards the result when the file changed while it was read. */
    private Optional<T> readIfUnchangedMeanwhile(FileVersion current) throws IOException {
        T list = parseFile();
        return FileVersion.of(path).equals(current) || unsettledChecks > MAX_UNSETTLED_CHECKS
                ? Optional.of(markApplied(current, list))
                : Optional.empty();
    }

    private boolean isSettled(FileVersion current) {
        boolean changed = !current.equals(appliedVersion);
        boolean stable = current.equals(lastSeenVersion);
        unsettledChecks = changed && !stable ? unsettledChecks + 1 : 0;
        lastSeenVersion = changed ? current : null;
        return changed && (stable || unsettledChecks > MAX_UNSETTLED_CHECKS);
    }

    /** Why the file cannot be read, or its first invalid line; empty when there is no problem. Thread-safe. */
    public Optional<String> problem() {
        return readable.problem().or(() -> parseErrors.summary(name));
    }
}
