package org.decoymx.exemption;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A file of networks that is watched. A change is taken over when two looks have found the file the same, so that it is
 * not read while it is being written; one that changes at every look is read in the end as it is.
 */
final class NetworkFile {
    private static final Logger LOG = Logger.getLogger(NetworkFile.class);
    private static final int MAX_UNSETTLED_CHECKS = 15;
    private static final int MAX_PATH = 200;

    private final Path path;
    private final String name;
    private @Nullable FileVersion appliedVersion;
    private @Nullable FileVersion lastSeenVersion;
    private int unsettledChecks;
    private volatile String readProblem = "";
    private volatile ParseErrors parseErrors;

    NetworkFile(Path path) {
        this.path = path;
        name = PrintableText.escape(path.toString(), MAX_PATH);
        parseErrors = new ParseErrors(name);
    }

    /** What shows that a file was changed or replaced, by way of a symbolic link too. */
    private record FileVersion(
            FileTime modified, long size, @Nullable Object key) {

        static FileVersion of(Path path) throws IOException {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            if (!now.isRegularFile()) {
                throw new FileSystemException(path.toString(), null, "it is no regular file");
            }
            return new FileVersion(now.lastModifiedTime(), now.size(), now.fileKey());
        }
    }

    String name() {
        return name;
    }

    /** Reads it for the first time. */
    NetworkListParser.ParsedList readInitial() throws IOException {
        FileVersion now = FileVersion.of(path);
        return markApplied(now, parseFile());
    }

    private NetworkListParser.ParsedList parseFile() throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return new NetworkListParser(name).read(in);
        }
    }

    private NetworkListParser.ParsedList markApplied(FileVersion stamp, NetworkListParser.ParsedList said) {
        appliedVersion = stamp;
        parseErrors = said.errors();
        return said;
    }

    /** Looks whether it was changed, and gives what it says now; empty when it says what it said, or cannot be read. */
    Optional<NetworkListParser.ParsedList> readIfChanged() {
        try {
            FileVersion now = FileVersion.of(path);
            Optional<NetworkListParser.ParsedList> news =
                    isSettled(now) ? readIfUnchangedMeanwhile(now) : Optional.empty();
            clearProblem();
            return news;
        } catch (IOException e) {
            lastSeenVersion = null;
            reportProblem(name + " cannot be read: " + PrintableText.describe(e) + "; what it said last holds");
            return Optional.empty();
        }
    }

    /** Not when it was changed while it was read; then it was not settled. */
    private Optional<NetworkListParser.ParsedList> readIfUnchangedMeanwhile(FileVersion now) throws IOException {
        NetworkListParser.ParsedList said = parseFile();
        return FileVersion.of(path).equals(now) || unsettledChecks > MAX_UNSETTLED_CHECKS
                ? Optional.of(markApplied(now, said))
                : Optional.empty();
    }

    private boolean isSettled(FileVersion now) {
        boolean changed = !now.equals(appliedVersion);
        boolean still = now.equals(lastSeenVersion);
        unsettledChecks = changed && !still ? unsettledChecks + 1 : 0;
        lastSeenVersion = changed ? now : null;
        return changed && (still || unsettledChecks > MAX_UNSETTLED_CHECKS);
    }

    private void clearProblem() {
        if (!readProblem.isEmpty()) {
            LOG.infof("%s can be read again", name);
            readProblem = "";
        }
    }

    private void reportProblem(String words) {
        if (!readProblem.equals(words)) {
            LOG.warn(words);
            readProblem = words;
        }
    }

    /** Why it cannot be read, or what in it is no network; empty when all is well. Any thread. */
    Optional<String> problem() {
        return readProblem.isEmpty() ? parseErrors.summary() : Optional.of(readProblem);
    }
}
