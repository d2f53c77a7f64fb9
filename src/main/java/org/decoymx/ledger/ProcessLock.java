package org.decoymx.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Keeps a second decoy from the same ledger: both would write the same node's tallies, each over the other's. */
final class ProcessLock {
    private static final Logger LOG = Logger.getLogger(ProcessLock.class);

    private final @Nullable FileChannel channel;

    private ProcessLock(@Nullable FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock, for as long as the process lives. Where no file can be written it is not held, and there is nothing
     * to keep anybody from.
     *
     * @throws Fault when another process has it
     */
    static ProcessLock acquire(Path file) throws StorageException {
        Path beside = file.resolveSibling(file.getFileName() + ".lock");
        try {
            FileChannel channel = FileChannel.open(beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                channel.close();
                throw alreadyLocked(file);
            }
            return new ProcessLock(channel);
        } catch (OverlappingFileLockException e) {
            throw alreadyLocked(file);
        } catch (IOException e) {
            LOG.debugf("cannot lock %s: %s", beside, e.getMessage());
            return new ProcessLock(null);
        }
    }

    private static StorageException alreadyLocked(Path file) {
        return new StorageException(
                StorageException.StorageErrorKind.LOCKED,
                "another decoy keeps " + file + "; give each a directory of its own");
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
            LOG.debugf("cannot release the lock: %s", e.getMessage());
        }
    }
}
