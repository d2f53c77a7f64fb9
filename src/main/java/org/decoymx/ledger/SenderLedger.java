package org.decoymx.ledger;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.Policy;
import org.decoymx.policy.Sender;
import org.decoymx.sighting.EnvelopeHasher;
import org.decoymx.sighting.Sighting;
import org.decoymx.store.StorageException;
import org.jboss.logging.Logger;

/**
 * The ledger: counts in memory, and everything on disk. Sightings are aggregated into pending writes; {@link #commit}
 * writes them to disk, and only then {@link #find} returns them. While the file cannot be used, they stay pending.
 *
 * <p>Only one thread may write; {@link #find} is thread-safe.
 */
public final class SenderLedger {
    private static final Logger LOG = Logger.getLogger(SenderLedger.class);
    private static final int SHRINK_PAGES = 500;

    private final SenderIndex index;
    private final PendingWrites pendingWrites = new PendingWrites();
    private final SightingAggregator aggregator;
    private final TrustPersistence trust;
    private final LedgerStorage storage;
    private final ManualChanges manual;
    private final CatchCorrections corrections;
    private final ClockCorrections clockCorrections;

    /** Does not access the file yet. */
    SenderLedger(Path file, Node newNode, Policy policy, Clock clock) {
        this(file, newNode, policy, clock, new TrustPersistence(policy.trust(), new EnvelopeHasher(""), null, clock));
    }

    /** The same with trust states, which are in the same file. */
    SenderLedger(Path file, Node newNode, Policy policy, Clock clock, TrustPersistence trust) {
        this.trust = trust;
        index = new SenderIndex(trust.index().manual());
        aggregator = new SightingAggregator(index, pendingWrites, policy);
        storage = new LedgerStorage(file, clock, newNode, index, pendingWrites, trust);
        manual = new ManualChanges(index, aggregator, trust, storage);
        corrections = new CatchCorrections(this, index, pendingWrites, aggregator, trust.index(), storage);
        clockCorrections = new ClockCorrections(index, pendingWrites, policy, storage);
    }

    /**
     * Opens and loads the ledger. If the file cannot be written, it is loaded read-only; if it cannot be read either,
     * the ledger is empty until a retry succeeds.
     *
     * @throws StorageException if another process has locked the ledger, or a new file cannot be created
     */
    void open() throws StorageException {
        storage.open();
    }

    /** Whether the records on disk are loaded; if not, {@link #commit} loads them once the file can be read. */
    boolean isLoaded() {
        return storage.isLoaded();
    }

    /** Finds a sender; empty if it is unknown. */
    public Optional<Sender> find(IpPrefix origin) {
        return index.findSender(origin);
    }

    /** Calls a consumer for each listed sender, exempt or not. Only for the writer thread. */
    void forEachListed(Instant now, Consumer<Sender> each) {
        long second = now.getEpochSecond();
        index.forEachSender((lastSeen, listedUntil) -> listedUntil > second, each);
    }

    /** Calls a consumer once for each sender. Only for the writer thread. */
    void forEach(Consumer<Sender> each) {
        index.forEachSender(each);
    }

    /** Calls a consumer for all matching counts. Only for the writer thread. */
    void forEachMatching(SenderIndex.CountsFilter filter, Consumer<SenderCounts> consumer) {
        index.forEachMatching(filter, consumer);
    }

    /** The same by address. */
    void forEachOrigin(SenderIndex.OriginFilter filter, Consumer<SenderCounts> consumer) {
        index.forEachOrigin(filter, consumer);
    }

    /** Aggregates sightings; they become visible with the next {@link #commit}. */
    void aggregate(Collection<Sighting> sightings) {
        sightings.forEach(sighting -> aggregator.aggregate(sighting, storage.ownNode()));
    }

    /**
     * Writes the pending records to disk.
     *
     * @return the changed senders; empty if the file cannot be used
     */
    Collection<Sender> commit() {
        LedgerStore store = storage.openIfNeeded();
        if (store == null) {
            return List.of();
        }
        TrustTable.TrustWrites trustWrites = trust.take();
        aggregator.delistCleared(trustWrites.entries(), trust.now(), storage.ownNode());
        List<LedgerRecord> written = pendingWrites.records();
        try {
            if (!written.isEmpty() || !trustWrites.isEmpty()) {
                store.commit(written.iterator(), trustWrites);
            }
        } catch (StorageException e) {
            trust.restore(trustWrites);
            storage.markFailed(e);
            return List.of();
        }
        storage.markWritten(written.size());
        pendingWrites.clear();
        return index.update(written, trustWrites.origins());
    }

    /**
     * Merges exported records of this node or another one. A record that is not newer than the known record of the same
     * node and sender changes nothing.
     *
     * @param records at most one record for each node and sender
     * @throws StorageException if the file cannot be used; then the same records must be merged again
     */
    MergeResult merge(Collection<LedgerRecord> records) throws StorageException {
        LedgerStore store = storage.openIfNeeded();
        if (store == null) {
            throw storage.failure().orElseThrow();
        }
        List<LedgerRecord> newer = index.selectNewer(records);
        try {
            store.commit(newer.iterator());
        } catch (StorageException e) {
            storage.markFailed(e);
            throw e;
        }
        index.update(newer, List.of());
        manual.merge(records);
        return new MergeResult(newer.size(), index.sendersOf(newer, List.of()));
    }

    /**
     * Deletes records unless they changed since they were selected; returns those that were listed, with no score.
     *
     * @param trusted the time that decides which decisions by hand are still kept
     */
    Collection<Sender> deleteUnchanged(Collection<SenderCounts> countsList, Instant now, Instant trusted) {
        List<SenderCounts> unchanged = countsList.stream()
                .filter(counts -> counts.equals(index.findCounts(counts.node(), counts.origin())))
                .filter(counts -> pendingWrites.find(counts.origin()) == null)
                .filter(counts -> !manual.isKept(counts.origin(), trusted.getEpochSecond()))
                .toList();
        LedgerStore store = storage.currentStore();
        if (store == null || unchanged.isEmpty()) {
            return List.of();
        }
        try {
            store.delete(unchanged);
            store.shrink(SHRINK_PAGES);
        } catch (StorageException e) {
            storage.markFailed(e);
            return List.of();
        }
        index.remove(unchanged);
        unchanged.forEach(counts -> trust.index().manual().remove(counts.origin()));
        return index.sendersDelistedBy(unchanged, now);
    }

    /** What takes back or adds what was caught, after it turned out whether that counts. */
    CatchCorrections corrections() {
        return corrections;
    }

    /** What corrects the ledger after the clock was wrong. */
    ClockCorrections clockCorrections() {
        return clockCorrections;
    }

    /** Puts a sender into a tier by hand, or forgets it; visible with the next {@link #commit}. */
    void decide(IpPrefix origin, ManualDecision decision) throws StorageException {
        manual.apply(origin, decision);
    }

    /**
     * Reads the evidence of each node about the latest session of a sender from disk.
     *
     * @throws StorageException if the file cannot be read
     */
    public Map<Node, SessionEvidence> readEvidence(IpPrefix origin) throws StorageException {
        try (LedgerStore readable = storage.openReader()) {
            return readable.readEvidence(origin);
        }
    }

    /** Its file. */
    LedgerStorage storage() {
        return storage;
    }

    /** What counts sightings. */
    SightingAggregator aggregator() {
        return aggregator;
    }

    /** Number of records: a sender has one for each node. */
    public int size() {
        return index.size();
    }

    /** The nodes that have records. */
    Set<Node> nodes() {
        return index.nodes();
    }

    /** Number of senders that are not committed yet. */
    public int pendingCount() {
        return pendingWrites.size();
    }

    /** Why the file cannot be used, as a message; empty if it can. */
    public Optional<String> storageError() {
        return storage.failure().map(e -> String.valueOf(e.getMessage()));
    }

    /** Names of the quarantined files that still exist. */
    public List<String> quarantinedFiles() {
        return storage.quarantinedFiles();
    }

    /** Commits the pending records and closes the file. */
    void close() {
        commit();
        if (pendingWrites.size() > 0) {
            LOG.errorf("Cannot write the ledger, changes of %d senders are lost", pendingWrites.size());
        }
        storage.close();
    }
}
