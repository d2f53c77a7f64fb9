package org.decoymx.ledger;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.decoymx.net.IpPrefix;
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

    private final SenderIndex index;
    private final PendingWrites pendingWrites = new PendingWrites();
    private final SightingAggregator aggregator;
    private final TrustPersistence trust;
    private final LedgerStorage storage;
    private final ManualChanges manual;
    private final LedgerVersions versions;
    private final StateMerger merger;
    private final RecordDeletion deletion;
    private final CatchCorrections corrections;
    private final ClockCorrections clockCorrections;

    /** Does not access the file yet. */
    SenderLedger(Path file, Node newNode, Policy policy, Clock clock) {
        this(file, newNode, policy, clock, new TrustPersistence(policy.trust(), new EnvelopeHasher(""), null, clock));
    }

    /** The same with trust states, which are in the same file. */
    SenderLedger(Path file, Node newNode, Policy policy, Clock clock, TrustPersistence trust) {
        this(file, newNode, policy, clock, trust, SharingSettings.OFF);
    }

    /** The same for the exchange with other nodes. */
    SenderLedger(Path file, Node newNode, Policy policy, Clock clock, TrustPersistence trust, SharingSettings sharing) {
        this.trust = trust;
        index = new SenderIndex(trust.index().manual());
        versions = new LedgerVersions(index, sharing.enabled());
        LedgerMemory memory = new LedgerMemory(index, pendingWrites, trust, versions, sharing);
        storage = new LedgerStorage(file, clock, newNode, memory);
        aggregator = new SightingAggregator(index, pendingWrites, policy, storage::ownNode);
        merger = new StateMerger(index, pendingWrites, policy, trust, storage, versions);
        manual = new ManualChanges(aggregator, trust, storage);
        deletion = new RecordDeletion(index, pendingWrites, manual, trust.index(), storage);
        corrections = new CatchCorrections(index, pendingWrites, aggregator, policy);
        clockCorrections = new ClockCorrections(index, pendingWrites, policy, storage);
    }

    /**
     * Opens and loads the ledger. If the file cannot be written, it is loaded read-only; if it cannot be read either,
     * the ledger is empty until a {@link #commit} can read it.
     *
     * @throws StorageException if another process has locked the ledger, or a new file cannot be created
     */
    void open() throws StorageException {
        storage.open();
    }

    /** Finds a sender; empty if it is unknown. */
    public Optional<Sender> find(IpPrefix origin) {
        return index.findSender(origin);
    }

    /** What is in memory of the records on disk. */
    SenderIndex index() {
        return index;
    }

    /** Aggregates sightings; they become visible with the next {@link #commit}. Only for the writer thread. */
    void aggregate(Collection<Sighting> sightings) {
        sightings.forEach(aggregator::aggregate);
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
        aggregator.delistCleared(trustWrites.entries(), trust.now());
        List<LedgerRecord> written =
                versions.nextRecords(pendingWrites, trustWrites.entries(), storage.ownNode(), trust.now());
        long version = versions.latest() + (written.isEmpty() ? 0 : 1);
        TrustTable.TrustWrites writes = versions.addTo(trustWrites, version);
        try {
            if (!written.isEmpty() || !writes.isEmpty()) {
                store.commit(written.iterator(), writes);
            }
        } catch (StorageException e) {
            trust.restore(trustWrites);
            storage.markFailed(e);
            return List.of();
        }
        storage.markWritten(written.size());
        pendingWrites.clear();
        Collection<Sender> changed = index.update(written, trustWrites.origins());
        versions.committed(writes, version);
        return changed;
    }

    /**
     * Merges exported records of this node or another one, and what they say of trust and of decisions by hand.
     *
     * @param records at most one record for each node and sender
     * @throws StorageException if the file cannot be used; then the same records must be merged again
     */
    MergeResult merge(Collection<LedgerRecord> records) throws StorageException {
        MergeResult result = merger.merge(records, List.of());
        manual.mergeExported(records);
        return result;
    }

    /** What merges the records of nodes. */
    StateMerger merger() {
        return merger;
    }

    /** The versions of the own records. */
    LedgerVersions versions() {
        return versions;
    }

    /** What is decided by hand. */
    ManualChanges manual() {
        return manual;
    }

    /**
     * Deletes records unless they changed since they were selected; returns those that were listed, with no score.
     *
     * @param trusted the time that decides which decisions by hand are still kept
     */
    Collection<Sender> deleteUnchanged(Collection<SenderCounts> countsList, Instant now, Instant trusted) {
        return deletion.deleteUnchanged(countsList, now, trusted);
    }

    /** What deletes records. */
    RecordDeletion deletion() {
        return deletion;
    }

    /** What delists senders whose sessions turned out not to count. */
    CatchCorrections corrections() {
        return corrections;
    }

    /** What corrects the ledger after the clock was wrong. */
    ClockCorrections clockCorrections() {
        return clockCorrections;
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

    /** What counts sightings, takes catches back, and adds those that count after all. */
    SightingAggregator aggregator() {
        return aggregator;
    }

    /** Number of records: a sender has one for each node. */
    public int size() {
        return index.size();
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
