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
    private static final int PATIENCE = 15;
    private static final int MAX_PATH = 200;

    private final Path path;
    private final String name;
    private @Nullable Stamp taken;
    private @Nullable Stamp seen;
    private int unsettled;
    private volatile String trouble = "";
    private volatile Mistakes mistakes;

    NetworkFile(Path path) {
        this.path = path;
        name = Printable.of(path.toString(), MAX_PATH);
        mistakes = new Mistakes(name);
    }

    /** What shows that a file was changed or replaced, by way of a symbolic link too. */
    private record Stamp(
            FileTime modified, long size, @Nullable Object key) {

        static Stamp of(Path path) throws IOException {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            if (!now.isRegularFile()) {
                throw new FileSystemException(path.toString(), null, "it is no regular file");
            }
            return new Stamp(now.lastModifiedTime(), now.size(), now.fileKey());
        }
    }

    String name() {
        return name;
    }

    /** Reads it for the first time. */
    NetworkText.Said read() throws IOException {
        Stamp now = Stamp.of(path);
        return take(now, text());
    }

    private NetworkText.Said text() throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return new NetworkText(name).read(in);
        }
    }

    private NetworkText.Said take(Stamp stamp, NetworkText.Said said) {
        taken = stamp;
        mistakes = said.mistakes();
        return said;
    }

    /** Looks whether it was changed, and gives what it says now; empty when it says what it said, or cannot be read. */
    Optional<NetworkText.Said> look() {
        try {
            Stamp now = Stamp.of(path);
            Optional<NetworkText.Said> news = isSettled(now) ? takeOver(now) : Optional.empty();
            isRead();
            return news;
        } catch (IOException e) {
            seen = null;
            complain(name + " cannot be read: " + Printable.why(e) + "; what it said last holds");
            return Optional.empty();
        }
    }

    /** Not when it was changed while it was read; then it was not settled. */
    private Optional<NetworkText.Said> takeOver(Stamp now) throws IOException {
        NetworkText.Said said = text();
        return Stamp.of(path).equals(now) || unsettled > PATIENCE ? Optional.of(take(now, said)) : Optional.empty();
    }

    private boolean isSettled(Stamp now) {
        boolean changed = !now.equals(taken);
        boolean still = now.equals(seen);
        unsettled = changed && !still ? unsettled + 1 : 0;
        seen = changed ? now : null;
        return changed && (still || unsettled > PATIENCE);
    }

    private void isRead() {
        if (!trouble.isEmpty()) {
            LOG.infof("%s can be read again", name);
            trouble = "";
        }
    }

    private void complain(String words) {
        if (!trouble.equals(words)) {
            LOG.warn(words);
            trouble = words;
        }
    }

    /** Why it cannot be read, or what in it is no network; empty when all is well. Any thread. */
    Optional<String> trouble() {
        return trouble.isEmpty() ? mistakes.summary() : Optional.of(trouble);
    }
}
