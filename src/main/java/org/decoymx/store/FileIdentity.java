package org.decoymx.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Tells whether a name still stands for the same file. */
final class FileIdentity {
    private static final Logger LOG = Logger.getLogger(FileIdentity.class);

    private final Path path;
    private @Nullable Object key;

    FileIdentity(Path path) {
        this.path = path;
    }

    /** Remembers the file that has the name now. */
    void remember() {
        key = readKey();
    }

    /** Whether a file is remembered, and was moved away, deleted or replaced. */
    boolean isReplaced() {
        return key != null && !key.equals(readKey());
    }

    /** Marks the remembered file as replaced: a new file may have the inode number of the deleted one. */
    void markReplaced() {
        key = key == null ? null : new Object();
    }

    private @Nullable Object readKey() {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            LOG.debugf("Cannot read the attributes of %s: %s", path, e.getMessage());
            return key;
        }
    }
}
