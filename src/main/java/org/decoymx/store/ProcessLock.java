package org.decoymx.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Prevents two decoys from using the same ledger: they would overwrite each other's records. */
final class ProcessLock {
    private static final Logger LOG = Logger.getLogger(ProcessLock.class);

    private final @Nullable FileChannel channel;

    private ProcessLock(@Nullable FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Acquires the lock until it is released or the process ends. If the lock file cannot be written, the lock is not
     * held; then no decoy can write the file either.
     *
     * @throws StorageException if another process holds the lock
     */
    static ProcessLock acquire(Path file) throws StorageException {
        Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
        try {
            FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                channel.close();
                throw alreadyLocked(file);
            }
            return new ProcessLock(channel);
        } catch (OverlappingFileLockException e) {
            throw alreadyLocked(file);
        } catch (IOException e) {
            LOG.debugf("Cannot lock %s: %s", lockFile, e.getMessage());
            return new ProcessLock(null);
        }
    }

    private static StorageException alreadyLocked(Path file) {
        return new StorageException(
                StorageException.StorageErrorKind.LOCKED,
                "another decoy uses " + file + "; each decoy needs its own directory");
    }

    boolean isHeld() {
        return channel != null;
    }

    void release() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.debugf("Cannot release the lock: %s", e.getMessage());
        }
    }
}
