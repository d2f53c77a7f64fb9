package org.decoymx.ledger;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.decoymx.store.Database;
import org.decoymx.store.StorageException;
import org.decoymx.store.StorageException.StorageErrorKind;
import org.decoymx.support.Condition;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the database of the ledger open, and retries if that fails. The first successful open loads the index; a new
 * file in place of the old one gets all records of the index. Not thread-safe, except {@link #failure}.
 */
final class LedgerStorage {
    private static final Logger LOG = Logger.getLogger(SenderLedger.class);
    private static final int IMMEDIATE_RETRIES = 3;
    private static final int RETRY_INTERVAL = 10;

    private final Database database;
    private final SenderIndex index;
    private final PendingWrites pendingWrites;
    private final TrustPersistence trust;
    private Node ownNode;
    private boolean loaded;
    private final Condition condition;
    private int failures;
    private int attempts;
    private @Nullable LedgerStore store;
    private volatile @Nullable StorageException failure;
    private volatile String saved = "";
    private volatile @Nullable StorageException foundDamage;
    private Instant writtenAt = Instant.EPOCH;

    /**
     * Does not access the file yet.
     *
     * @param newNode the own node of a new file
     */
    LedgerStorage(
            Path file,
            Clock clock,
            Node newNode,
            SenderIndex index,
            PendingWrites pendingWrites,
            TrustPersistence trust) {
        this.trust = trust;
        this.database = new Database(file, LedgerStore.FORMAT, clock);
        this.index = index;
        this.pendingWrites = pendingWrites;
        condition = new Condition(clock);
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
            opened = database.open(contents(Database.EMPTY), connection -> LedgerStore.claim(connection, ownNode));
            if (!loaded) {
                load(opened, true);
            } else if (!opened.ownNode().equals(ownNode)) {
                String problem = " was replaced while the decoy was running; restart the decoy to use the new file";
                throw new StorageException(StorageErrorKind.FOREIGN, database.path() + problem);
            } else if (database.isReplaced() && !missing) {
                opened.writeAll(index, trust);
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

    /** What a new file has before it takes its place, so that a crash at any time loses nothing. */
    private Database.Setup<String> contents(Database.Setup<String> unlessLoaded) {
        return !loaded
                ? unlessLoaded
                : connection -> {
                    LedgerStore.claim(connection, ownNode).writeAll(index, trust);
                    return index.size() + " senders, all that were in memory";
                };
    }

    private void load(LedgerStore source, boolean shared) throws StorageException {
        SenderIndex loadedIndex = new LedgerLoader(database).load(source, shared);
        ownNode = source.ownNode();
        trust.load(source.trust(), loadedIndex);
        index.replaceWith(loadedIndex);
        loaded = true;
        database.rememberFileKey();
        pendingWrites.addTo(index, ownNode);
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
        if (store == null && isRetryDue()) {
            StorageException error = tryOpen();
            if (error != null) {
                markFailed(error);
            }
        }
        return store;
    }

    /** Records and logs an error, closes the database, and quarantines it if it is damaged. */
    void markFailed(StorageException error) {
        String message = String.valueOf(error.getMessage());
        condition.fail(message, () -> LOG.errorf("Ledger unavailable, buffering in memory: %s", message));
        failure = error;
        failures++;
        closeStore();
        if (error.kind() == StorageErrorKind.CORRUPT || error.kind() == StorageErrorKind.FOREIGN) {
            database.markReplaced();
        }
        if (error.kind() == StorageErrorKind.CORRUPT) {
            try {
                saved = " with " + database.quarantine(error, contents(database.salvage(new LedgerSalvage(ownNode))));
                database.rememberFileKey();
            } catch (StorageException e) {
                failure = e;
            }
        }
    }

    /** After several failures in a row, only every tenth attempt opens the file. */
    private boolean isRetryDue() {
        attempts++;
        return failures < IMMEDIATE_RETRIES || attempts % RETRY_INTERVAL == 0;
    }

    private void closeStore() {
        if (store != null) {
            store.close();
            store = null;
        }
    }

    /** Records a successful commit. */
    void markWritten(int senders) {
        condition.recover(() -> LOG.infof("Ledger available again, %d buffered senders were written", senders));
        failure = null;
        failures = 0;
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
        if (failure != null) {
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

    boolean isLoaded() {
        return loaded;
    }

    /** When the file was last written before it was opened; 1970 if it is new. */
    Instant writtenAt() {
        return writtenAt;
    }

    /** Why the file cannot be used. Thread-safe. */
    Optional<StorageException> failure() {
        return Optional.ofNullable(failure);
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
