package org.decoymx.ledger;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.decoymx.ledger.StorageException.StorageErrorKind;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The ledger's disk: the file is open when it can be, and tried again when it cannot. What it holds becomes known when it
 * is first read; a new file in its place is given all that is known. One thread at a time, but for {@link #failure}.
 */
final class LedgerStorage {
    private static final Logger LOG = Logger.getLogger(SenderLedger.class);
    private static final int IMMEDIATE_RETRIES = 3;
    private static final int RETRY_INTERVAL = 10;

    private final LedgerDatabase database;
    private final SenderIndex index;
    private final PendingWrites pendingWrites;
    private Node ownNode;
    private boolean loaded;
    private String lastLoggedError = "";
    private int failures;
    private int attempts;
    private @Nullable LedgerStore store;
    private volatile @Nullable StorageException failure;

    /**
     * A disk that is not used yet.
     *
     * @param name what this decoy's node is to be called, should the file have to be made
     */
    LedgerStorage(Path file, Clock clock, Node name, SenderIndex known, PendingWrites waiting) {
        this.database = new LedgerDatabase(file, clock);
        this.index = known;
        this.pendingWrites = waiting;
        ownNode = name;
    }

    /**
     * Reads what is kept. When the file cannot be written, what can be read is known all the same; when it cannot be
     * read either, nothing is known until it can.
     *
     * @throws Fault when another process has this ledger, or there is none and none can be made
     */
    void open() throws StorageException {
        boolean begins = !Files.exists(database.path());
        StorageException why = tryOpen();
        if (why != null && why.kind() == StorageErrorKind.CORRUPT) {
            markFailed(why);
            why = tryOpen();
        }
        if (why == null) {
            return;
        }
        if (why.kind() == StorageErrorKind.LOCKED || begins && why.kind() == StorageErrorKind.READ_ONLY) {
            throw why;
        }
        markFailed(why);
        try (LedgerStore readable = database.openReadOnly(true)) {
            load(readable, false);
        } catch (StorageException unreadable) {
            LOG.errorf("nothing is known of earlier senders: %s", unreadable.getMessage());
        }
    }

    /** Opens the file to be written, and sees to it that it has all that is known; says why it cannot. */
    private @Nullable StorageException tryOpen() {
        LedgerStore opened = null;
        try {
            opened = database.open(ownNode);
            if (!loaded) {
                load(opened, true);
            } else if (!opened.ownNode().equals(ownNode)) {
                throw new StorageException(
                        StorageErrorKind.FOREIGN,
                        database.path() + " was replaced under the running decoy; restart the decoy to use it");
            } else if (database.isReplaced()) {
                opened.commit(index.stream()
                        .map(tally -> new LedgerRecord(tally, null))
                        .iterator());
            }
            database.rememberFileKey();
            store = opened;
            return null;
        } catch (StorageException why) {
            if (opened != null) {
                opened.close();
            }
            return why;
        }
    }

    private void load(LedgerStore from, boolean shared) throws StorageException {
        SenderIndex found = new LedgerLoader(database).load(from, shared);
        index.replaceWith(found);
        ownNode = from.ownNode();
        loaded = true;
        database.rememberFileKey();
        pendingWrites.replaceAll(late -> {
            SenderCounts before = index.find(ownNode, late.origin());
            return before == null ? late.withNode(ownNode) : late.mergeAfter(before);
        });
    }

    /** The file, to be written; opens it when it is not open. Null when it cannot be written. */
    @Nullable
    LedgerStore openIfNeeded() {
        if (store != null && database.isReplaced()) {
            markFailed(new StorageException(
                    StorageErrorKind.OTHER, database.path() + " was moved away under the running decoy"));
        }
        if (store == null && isRetryDue()) {
            StorageException why = tryOpen();
            if (why != null) {
                markFailed(why);
            }
        }
        return store;
    }

    /** Notes that the file cannot be used, and closes it. */
    void markFailed(StorageException why) {
        String words = String.valueOf(why.getMessage());
        if (!words.equals(lastLoggedError)) {
            LOG.errorf("the ledger waits: %s", words);
            lastLoggedError = words;
        }
        failure = why;
        failures++;
        closeStore();
        if (why.kind() == StorageErrorKind.CORRUPT || why.kind() == StorageErrorKind.FOREIGN) {
            database.markReplaced();
        }
        if (why.kind() == StorageErrorKind.CORRUPT) {
            failure = database.quarantine(why);
        }
    }

    /** After some failures in a row only each tenth try is made. */
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

    /** Notes that something was written. */
    void markWritten(int senders) {
        if (failure != null) {
            LOG.infof("the ledger is written again; %d senders had waited", senders);
            failure = null;
            lastLoggedError = "";
            failures = 0;
        }
    }

    /** The file, if it is open. */
    @Nullable
    LedgerStore currentStore() {
        return store;
    }

    /** Opens the file once more, to be read while it is written. Any thread. */
    LedgerStore openReader() throws StorageException {
        return database.openReadOnly(false);
    }

    /** This decoy's node. */
    Node ownNode() {
        return ownNode;
    }

    /** Whether what was kept is known. */
    boolean isLoaded() {
        return loaded;
    }

    /** Why the file cannot be used; empty when it can. Any thread. */
    Optional<StorageException> failure() {
        return Optional.ofNullable(failure);
    }

    /** The names of damaged files that were set aside and still lie there. */
    List<String> quarantinedFiles() {
        return database.quarantinedFiles();
    }

    /** Closes the file for good. */
    void close() {
        closeStore();
        database.release();
    }
}
