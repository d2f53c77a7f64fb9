package org.decoymx.ledger;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.decoymx.ledger.Fault.Kind;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The ledger's disk: the file is open when it can be, and tried again when it cannot. What it holds becomes known when it
 * is first read; a new file in its place is given all that is known. One thread at a time, but for {@link #trouble}.
 */
final class Disk {
    private static final Logger LOG = Logger.getLogger(Ledger.class);
    private static final int PATIENT_FAILURES = 3;
    private static final int RARELY = 10;

    private final LedgerFile file;
    private final Known known;
    private final Waiting waiting;
    private Node own;
    private boolean loaded;
    private String complaint = "";
    private int failures;
    private int tries;
    private @Nullable LedgerStore store;
    private volatile @Nullable Fault fault;

    /**
     * A disk that is not used yet.
     *
     * @param name what this decoy's node is to be called, should the file have to be made
     */
    Disk(Path file, Clock clock, Node name, Known known, Waiting waiting) {
        this.file = new LedgerFile(file, clock);
        this.known = known;
        this.waiting = waiting;
        own = name;
    }

    /**
     * Reads what is kept. When the file cannot be written, what can be read is known all the same; when it cannot be
     * read either, nothing is known until it can.
     *
     * @throws Fault when another process has this ledger, or there is none and none can be made
     */
    void open() throws Fault {
        boolean begins = !Files.exists(file.path());
        Fault why = reopen();
        if (why != null && why.kind() == Kind.CORRUPT) {
            failed(why);
            why = reopen();
        }
        if (why == null) {
            return;
        }
        if (why.kind() == Kind.TAKEN || begins && why.kind() == Kind.READ_ONLY) {
            throw why;
        }
        failed(why);
        try (LedgerStore readable = file.openToRead(true)) {
            load(readable, false);
        } catch (Fault unreadable) {
            LOG.errorf("nothing is known of earlier senders: %s", unreadable.getMessage());
        }
    }

    /** Opens the file to be written, and sees to it that it has all that is known; says why it cannot. */
    private @Nullable Fault reopen() {
        LedgerStore opened = null;
        try {
            opened = file.open(own);
            if (!loaded) {
                load(opened, true);
            } else if (!opened.own().equals(own)) {
                throw new Fault(
                        Kind.FOREIGN,
                        file.path() + " was replaced under the running decoy; restart the decoy to use it");
            } else if (file.isAnother()) {
                opened.commit(
                        known.stream().map(tally -> new Entry(tally, null)).iterator());
            }
            file.remember();
            store = opened;
            return null;
        } catch (Fault why) {
            if (opened != null) {
                opened.close();
            }
            return why;
        }
    }

    private void load(LedgerStore from, boolean shared) throws Fault {
        Known found = new Loader(file).load(from, shared);
        known.become(found);
        own = from.own();
        loaded = true;
        file.remember();
        waiting.replaceAll(late -> {
            Tally before = known.find(own, late.origin());
            return before == null ? late.of(own) : late.after(before);
        });
    }

    /** The file, to be written; opens it when it is not open. Null when it cannot be written. */
    @Nullable
    LedgerStore ready() {
        if (store != null && file.isAnother()) {
            failed(new Fault(Kind.OTHER, file.path() + " was moved away under the running decoy"));
        }
        if (store == null && isTime()) {
            Fault why = reopen();
            if (why != null) {
                failed(why);
            }
        }
        return store;
    }

    /** Notes that the file cannot be used, and closes it. */
    void failed(Fault why) {
        String words = String.valueOf(why.getMessage());
        if (!words.equals(complaint)) {
            LOG.errorf("the ledger waits: %s", words);
            complaint = words;
        }
        fault = why;
        failures++;
        closeStore();
        if (why.kind() == Kind.CORRUPT || why.kind() == Kind.FOREIGN) {
            file.suspect();
        }
        if (why.kind() == Kind.CORRUPT) {
            fault = file.setAside(why);
        }
    }

    /** After some failures in a row only each tenth try is made. */
    private boolean isTime() {
        tries++;
        return failures < PATIENT_FAILURES || tries % RARELY == 0;
    }

    private void closeStore() {
        if (store != null) {
            store.close();
            store = null;
        }
    }

    /** Notes that something was written. */
    void wrote(int senders) {
        if (fault != null) {
            LOG.infof("the ledger is written again; %d senders had waited", senders);
            fault = null;
            complaint = "";
            failures = 0;
        }
    }

    /** The file, if it is open. */
    @Nullable
    LedgerStore store() {
        return store;
    }

    /** Opens the file once more, to be read while it is written. Any thread. */
    LedgerStore reader() throws Fault {
        return file.openToRead(false);
    }

    /** This decoy's node. */
    Node own() {
        return own;
    }

    /** Whether what was kept is known. */
    boolean isLoaded() {
        return loaded;
    }

    /** Why the file cannot be used; empty when it can. Any thread. */
    Optional<Fault> trouble() {
        return Optional.ofNullable(fault);
    }

    /** The names of damaged files that were set aside and still lie there. */
    List<String> setAsideFiles() {
        return file.setAsideFiles();
    }

    /** Closes the file for good. */
    void close() {
        closeStore();
        file.release();
    }
}
