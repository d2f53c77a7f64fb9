package org.decoymx.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.decoymx.policy.Sender;
import org.decoymx.policy.TrustIndex;
import org.decoymx.store.StorageException;

/** Deletes records. Only for the writer thread. */
final class RecordDeletion {
    private static final int SHRINK_PAGES = 500;

    private final SenderIndex index;
    private final PendingWrites pendingWrites;
    private final ManualChanges manual;
    private final TrustIndex trust;
    private final LedgerStorage storage;

    RecordDeletion(
            SenderIndex index,
            PendingWrites pendingWrites,
            ManualChanges manual,
            TrustIndex trust,
            LedgerStorage storage) {
        this.index = index;
        this.pendingWrites = pendingWrites;
        this.manual = manual;
        this.trust = trust;
        this.storage = storage;
    }

    /** See {@link SenderLedger#deleteUnchanged}. */
    Collection<Sender> deleteUnchanged(Collection<SenderCounts> selected, Instant now, Instant trusted) {
        List<SenderCounts> unchanged = selected.stream()
                .filter(counts -> counts.equals(index.findCounts(counts.node(), counts.origin())))
                .filter(counts -> pendingWrites.find(counts.origin()) == null)
                .filter(counts -> !manual.isKept(counts.origin(), trusted.getEpochSecond()))
                .toList();
        if (storage.currentStore() == null || unchanged.isEmpty()) {
            return List.of();
        }
        try {
            delete(unchanged);
        } catch (StorageException e) {
            return List.of();
        }
        unchanged.forEach(counts -> trust.manual().remove(counts.origin()));
        return index.sendersDelistedBy(unchanged, now);
    }

    private void delete(List<SenderCounts> deleted) throws StorageException {
        storage.write(store -> {
            store.delete(deleted);
            store.shrink(SHRINK_PAGES);
        });
        index.remove(deleted);
        for (SenderCounts counts : deleted) {
            if (!counts.node().equals(storage.ownNode())) {
                trust.putRemote(counts.node().name(), counts.origin(), null);
            }
        }
    }

    /**
     * Deletes records of a node that is gone.
     *
     * @param max maximum number of records
     * @return the number of records, and the senders that may have changed with them
     */
    MergeResult deleteNode(Node node, int max, Instant now) throws StorageException {
        List<SenderCounts> found = new ArrayList<>();
        index.forEachMatching((lastSeen, listedUntil) -> found.size() < max, counts -> {
            if (counts.node().equals(node)) {
                found.add(counts);
            }
        });
        delete(found);
        List<Sender> senders = new ArrayList<>(index.sendersDelistedBy(found, now));
        senders.addAll(index.sendersOf(
                List.of(), found.stream().map(SenderCounts::origin).toList()));
        return new MergeResult(found.size(), senders);
    }
}
