package org.decoymx.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Prevents two decoys from using the same ledger: they would overwrite each other's records. A lock belongs to an
 * inode, not to a name, so that the ledger is locked itself too: its lock file may be deleted. SQLite drops all locks
 * of the ledger when it unlocks or closes it, so that this one must be acquired each time after SQLite has opened it.
 * In WAL mode SQLite then keeps a lock of its own until it closes the file.
 */
final class ProcessLock {
    private static final Logger LOG = Logger.getLogger(ProcessLock.class);

    /** An octet that neither SQLite locks, nor any file has. */
    private static final long POSITION = Long.MAX_VALUE - 1;

    private final Path lockFile;
    private final Path ledger;
    private final FileIdentity identity;
    private @Nullable FileChannel channel;
    private @Nullable FileLock lock;

    /**
     * @param lockFile the file to lock
     * @param ledger the file that it protects; may be the same
     */
    ProcessLock(Path lockFile, Path ledger) {
        this.lockFile = lockFile;
        this.ledger = ledger;
        identity = new FileIdentity(lockFile);
    }

    /**
     * Acquires the lock of the file that has the name now, until it is released or the process ends. If the file cannot
     * be written, the lock is not held; then no decoy can write the ledger either.
     *
     * @throws StorageException if another process holds the lock
     */
    void acquire() throws StorageException {
        if (identity.isReplaced()) {
            release();
        }
        if (lock != null && !lockFile.equals(ledger)) {
            return;
        }
        try {
            if (!tryLock()) {
                release();
                throw new StorageException(
                        StorageException.StorageErrorKind.LOCKED,
                        "another decoy uses " + ledger + "; each decoy needs its own directory");
            }
        } catch (IOException e) {
            LOG.debugf("Cannot lock %s: %s", lockFile, e.getMessage());
        }
    }

    private boolean tryLock() throws IOException {
        if (lock != null) {
            lock.release();
        }
        if (channel == null) {
            channel = lockFile.equals(ledger)
                    ? FileChannel.open(lockFile, StandardOpenOption.WRITE)
                    : FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            identity.remember();
        }
        try {
            lock = channel.tryLock(POSITION, 1, false);
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    void release() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.debugf("Cannot release the lock: %s", e.getMessage());
        }
        channel = null;
        lock = null;
    }
}
