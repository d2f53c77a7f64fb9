package org.decoymx.ledger;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.decoymx.sighting.Sighting;
import org.jboss.logging.Logger;

/**
 * What is known of each sender: numbers in memory, and all of it on the disk. Sightings are folded into tallies that
 * wait; {@link #commit} writes them, and only then are they known. While the file cannot be used they go on waiting.
 *
 * <p>One thread at a time writes; any thread may {@link #find}.
 */
public final class SenderLedger {
    private static final Logger LOG = Logger.getLogger(SenderLedger.class);
    private static final int SHRINK_PAGES = 500;

    private final SenderIndex index = new SenderIndex();
    private final PendingWrites pendingWrites = new PendingWrites();
    private final SightingAggregator aggregator;
    private final LedgerStorage storage;

    /**
     * A ledger that is not open yet.
     *
     * @param file where it is kept
     * @param name what its node is to be called, should the file have to be made
     */
    SenderLedger(Path file, Node name, ScoringPolicy scoring, Clock clock) {
        aggregator = new SightingAggregator(index, pendingWrites, scoring);
        storage = new LedgerStorage(file, clock, name, index, pendingWrites);
    }

    /**
     * Reads what is kept. When the file cannot be written, what can be read is known all the same; when it cannot be
     * read either, nothing is known until it can.
     *
     * @throws Fault when another process has this ledger, or there is none and none can be made
     */
    void open() throws StorageException {
        storage.open();
    }

    /** Whether what was kept is known; otherwise it will be with a {@link #commit}, once the file can be read. */
    boolean isLoaded() {
        return storage.isLoaded();
    }

    /** What is known of a sender; empty when it was never seen. */
    public Optional<Sender> find(Origin origin) {
        return index.find(origin);
    }

    /** Hands over every sender that is listed at a moment, exemptions apart; not while anything is written. */
    void forEachListed(Instant now, Consumer<Sender> each) {
        long second = now.getEpochSecond();
        index.forEachMatching((lastSeen, listedUntil) -> listedUntil > second, tally -> find(tally.origin())
                .ifPresent(each));
    }

    /** Hands over every sender once; not while anything is written. */
    void forEach(Consumer<Sender> each) {
        index.forEachMatching((lastSeen, listedUntil) -> true, tally -> {
            List<SenderCounts> tallies = index.findAll(tally.origin());
            if (tallies.get(0).node().equals(tally.node())) {
                each.accept(Sender.combine(tallies));
            }
        });
    }

    /** Hands over the tallies that are chosen; not while anything is written. */
    void forEachMatching(NodeIndex.CountsFilter choice, Consumer<SenderCounts> chosen) {
        index.forEachMatching(choice, chosen);
    }

    /** Counts sightings; they are known after the next {@link #commit}. */
    void aggregate(Collection<Sighting> sightings) {
        sightings.forEach(sighting -> aggregator.aggregate(sighting, storage.ownNode()));
    }

    /**
     * Writes what waits to the disk.
     *
     * @return the senders that changed, as they are now; none when the file cannot be used
     */
    Collection<Sender> commit() {
        LedgerStore store = storage.openIfNeeded();
        if (store == null) {
            return List.of();
        }
        List<LedgerRecord> written = pendingWrites.records();
        try {
            if (!written.isEmpty()) {
                store.commit(written.iterator());
            }
        } catch (StorageException why) {
            storage.markFailed(why);
            return List.of();
        }
        storage.markWritten(written.size());
        pendingWrites.clear();
        return updateIndex(written);
    }

    private Collection<Sender> updateIndex(Collection<LedgerRecord> written) {
        index.update(written);
        return written.stream()
                .map(entry -> entry.counts().origin())
                .distinct()
                .flatMap(origin -> find(origin).stream())
                .toList();
    }

    /**
     * What became of a merge.
     *
     * @param changedCount how many entries changed something
     * @param senders those that changed, as they are now
     */
    record MergeResult(int changedCount, Collection<Sender> senders) {}

    /**
     * Takes over what was exported, here or from another node. An entry that is not newer than what is known of the same
     * node and sender changes nothing.
     *
     * @param entries no two of the same node and sender
     * @throws Fault when the file cannot be used; then nothing was taken
     */
    MergeResult merge(Collection<LedgerRecord> entries) throws StorageException {
        LedgerStore store = storage.openIfNeeded();
        if (store == null) {
            throw storage.failure().orElseThrow();
        }
        List<LedgerRecord> newer = new ArrayList<>();
        for (LedgerRecord entry : entries) {
            SenderCounts tally = entry.counts();
            SenderCounts before = index.find(tally.node(), tally.origin());
            if (before == null || tally.isNewerThan(before)) {
                newer.add(entry);
            }
        }
        try {
            store.commit(newer.iterator());
        } catch (StorageException why) {
            storage.markFailed(why);
            throw why;
        }
        return new MergeResult(newer.size(), updateIndex(newer));
    }

    /**
     * Forgets senders, unless they have changed meanwhile, and gives space back.
     *
     * @param tallies as they were when they were chosen
     * @return those that were listed, as senders of whom nothing is known any more
     */
    Collection<Sender> deleteUnchanged(Collection<SenderCounts> tallies, Instant now) {
        List<SenderCounts> unchanged = tallies.stream()
                .filter(tally -> tally.equals(index.find(tally.node(), tally.origin())))
                .filter(tally -> pendingWrites.find(tally.origin()) == null)
                .toList();
        LedgerStore store = storage.currentStore();
        if (store == null || unchanged.isEmpty()) {
            return List.of();
        }
        try {
            store.delete(unchanged);
            store.shrink(SHRINK_PAGES);
        } catch (StorageException why) {
            storage.markFailed(why);
            return List.of();
        }
        index.remove(unchanged);
        return unchanged.stream()
                .filter(tally -> tally.score().isListed(now))
                .map(tally ->
                        find(tally.origin()).orElseGet(() -> Sender.combine(List.of(tally.with(SenderScore.NONE)))))
                .toList();
    }

    /**
     * Takes their points and their time on the list from listed senders; known after the next {@link #commit}.
     *
     * @param mistaken whether a sender is meant
     */
    void delist(Predicate<Sender> mistaken, Instant now) {
        forEachListed(now, sender -> {
            if (mistaken.test(sender)) {
                aggregator.delist(sender.origin(), storage.ownNode());
            }
        });
    }

    /**
     * What the latest session of a sender looked like, as each node has it on the disk. This reads the disk.
     *
     * @throws Fault when the file cannot be read
     */
    public Map<Node, SessionEvidence> readEvidence(Origin origin) throws StorageException {
        try (LedgerStore readable = openReader()) {
            return readable.readEvidence(origin);
        }
    }

    /** Opens the file once more, to be read while it is written. */
    LedgerStore openReader() throws StorageException {
        return storage.openReader();
    }

    /** How many tallies are known; a sender that several nodes have counted counts as many times. */
    public int size() {
        return index.size();
    }

    /** Whose tallies are known. */
    Set<Node> nodes() {
        return index.nodes();
    }

    /** How many senders wait to be written. */
    public int pendingCount() {
        return pendingWrites.size();
    }

    /** Sightings that found no room, as the file could not be used for too long. */
    long lostCount() {
        return aggregator.lostCount();
    }

    /** Why the file cannot be used, for people; empty when it can. */
    public Optional<String> storageError() {
        return storage.failure().map(why -> String.valueOf(why.getMessage()));
    }

    /** The names of damaged files that were set aside and still lie there. */
    public List<String> quarantinedFiles() {
        return storage.quarantinedFiles();
    }

    /** Commits what waits, and closes the file. */
    void close() {
        commit();
        if (pendingWrites.size() > 0) {
            LOG.errorf("%d senders could not be written, and are lost", pendingWrites.size());
        }
        storage.close();
    }
}
