package org.decoymx.ledger;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.decoymx.store.Database;
import org.decoymx.store.DatabaseConnection;
import org.decoymx.store.StorageException;
import org.decoymx.store.StorageException.StorageErrorKind;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the database of the ledger open, and retries if that fails. The first successful open loads the index; a new
 * file in place of the old one gets all records of the index. Not thread-safe, except where it says so.
 */
final class LedgerStorage {
    private static final Logger LOG = Logger.getLogger(SenderLedger.class);

    private final Database database;
    private final LedgerMemory memory;
    private volatile Node ownNode;
    private volatile boolean loaded;
    private final StorageFailures failures;
    private @Nullable LedgerStore store;
    private volatile String saved = "";
    private volatile @Nullable StorageException foundDamage;
    private Instant writtenAt = Instant.EPOCH;

    /**
     * Does not access the file yet.
     *
     * @param newNode the own node of a new file
     */
    LedgerStorage(Path file, Clock clock, Node newNode, LedgerMemory memory) {
        this.database = new Database(file, LedgerStore.FORMAT, clock);
        this.memory = memory;
        failures = new StorageFailures(clock);
        ownNode = newNode;
    }

    void open() throws StorageException {
        boolean isNew = !database.exists();
        writtenAt = database.writtenAt();
        StorageException error = tryOpen();
        if (error != null && error.kind() == StorageErrorKind.CORRUPT) {
            markFailed(error);
            error = tryOpen();
        }
        if (error == null) {
            return;
        }
        if (error.kind() == StorageErrorKind.LOCKED || isNew && error.kind() == StorageErrorKind.READ_ONLY) {
            throw error;
        }
        markFailed(error);
        try (LedgerStore readable = database.openReadOnly(true, LedgerStore::new)) {
            load(readable, false);
        } catch (StorageException readError) {
            LOG.errorf("Cannot read the ledger, earlier senders are unknown: %s", readError.getMessage());
        }
    }

    /** Opens the file for writing and writes missing records to it. Returns the error; null on success. */
    private @Nullable StorageException tryOpen() {
        LedgerStore opened = null;
        boolean missing = !database.exists();
        try {
            opened = database.open(contents(Database.EMPTY), this::claim);
            if (!loaded) {
                load(opened, true);
            } else if (!opened.ownNode().equals(ownNode)) {
                String problem = " was replaced while the decoy was running; restart the decoy to use the new file";
                throw new StorageException(StorageErrorKind.FOREIGN, database.path() + problem);
            } else if (database.isReplaced() && !missing) {
                memory.writeTo(opened);
            }
            database.rememberFileKey();
            store = opened;
            return null;
        } catch (StorageException e) {
            if (opened != null) {
                opened.close();
            }
            return e;
        }
    }

    private LedgerStore claim(DatabaseConnection connection) throws StorageException {
        return memory.claim(connection, ownNode, loaded);
    }

    /** What a new file has before it takes its place, so that a crash at any time loses nothing. */
    private Database.Setup<String> contents(Database.Setup<String> unlessLoaded) {
        return loaded ? connection -> memory.writeTo(claim(connection)) : unlessLoaded;
    }

    private void load(LedgerStore source, boolean shared) throws StorageException {
        memory.load(database, source, shared);
        ownNode = source.ownNode();
        loaded = true;
        database.rememberFileKey();
    }

    /** Returns the open database; tries to open it if needed. Null if it cannot be written. */
    @Nullable
    LedgerStore openIfNeeded() {
        StorageException damage = foundDamage;
        foundDamage = null;
        if (store != null && damage != null) {
            markFailed(damage);
        }
        if (store != null && database.isReplaced()) {
            markFailed(new StorageException(
                    StorageErrorKind.OTHER, database.path() + " was moved or deleted while the decoy was running"));
        }
        if (store == null && failures.isRetryDue()) {
            StorageException error = tryOpen();
            if (error != null) {
                markFailed(error);
            }
        }
        return store;
    }

    /** Like {@link #openIfNeeded}; throws if it cannot be written. */
    LedgerStore require() throws StorageException {
        LedgerStore opened = openIfNeeded();
        if (opened == null) {
            throw failure().orElseThrow();
        }
        return opened;
    }

    /** What the writer thread writes. */
    interface Write {
        void to(LedgerStore store) throws StorageException;
    }

    /** Writes to the database; throws if it cannot be written. */
    void write(Write write) throws StorageException {
        LedgerStore opened = require();
        try {
            write.to(opened);
        } catch (StorageException e) {
            markFailed(e);
            throw e;
        }
    }

    /** Records and logs an error, closes the database, and quarantines it if it is damaged. */
    void markFailed(StorageException error) {
        failures.add(error);
        closeStore();
        if (error.kind() == StorageErrorKind.CORRUPT || error.kind() == StorageErrorKind.FOREIGN) {
            database.markReplaced();
        }
        if (error.kind() == StorageErrorKind.CORRUPT) {
            try {
                saved = " with " + database.quarantine(error, contents(database.salvage(new LedgerSalvage(ownNode))));
                database.rememberFileKey();
            } catch (StorageException e) {
                failures.replace(e);
            }
        }
    }

    private void closeStore() {
        if (store != null) {
            store.close();
            store = null;
        }
    }

    /** Records a successful commit. */
    void markWritten(int senders) {
        failures.end(senders);
    }

    /** The open database; null if it is not open. */
    @Nullable
    LedgerStore currentStore() {
        return store;
    }

    /** Opens a second, read-only connection. Thread-safe. */
    LedgerStore openReader() throws StorageException {
        return database.openReadOnly(false, LedgerStore::new);
    }

    /**
     * Reads the whole file, with a connection of its own, so that the writer does not wait. If it is damaged,
     * {@link #openIfNeeded} replaces it with what is in memory. Thread-safe.
     *
     * @throws StorageException if it cannot be read
     */
    void check() throws StorageException {
        if (failure().isPresent()) {
            return;
        }
        try (LedgerStore reader = openReader()) {
            reader.check();
        } catch (StorageException e) {
            if (e.kind() != StorageErrorKind.CORRUPT) {
                throw e;
            }
            foundDamage = e;
        }
    }

    Node ownNode() {
        return ownNode;
    }

    /** Whether the file was read, so that {@link #ownNode} stays what it is. Thread-safe. */
    boolean isLoaded() {
        return loaded;
    }

    /** When the file was last written before it was opened; 1970 if it is new. */
    Instant writtenAt() {
        return writtenAt;
    }

    /** Why the file cannot be used. Thread-safe. */
    Optional<StorageException> failure() {
        return failures.latest();
    }

    List<String> quarantinedFiles() {
        return database.quarantinedFiles();
    }

    /** What was saved of the quarantined file, as a part of a message. */
    String saved() {
        return saved;
    }

    /** Closes the database and releases its lock. */
    void close() {
        closeStore();
        database.release();
    }
}
