package org.decoymx.ledger;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.TrustIndex.TrustEntry;
import org.decoymx.store.StorageException;

/**
 * The versions of the own records: each commit that changes any has the next one, and up to one of them all are shared.
 * Only the writer thread may change it, except where it says otherwise.
 */
final class LedgerVersions {
    /** The setting with the version of the latest commit. */
    static final String LATEST = "ledger-version";
    /** The setting with the version up to which all is shared. */
    static final String SHARED = "shared-version";
    /** The setting with the highest version up to which all was ever shared; none before lost records are restored. */
    static final String EVER_SHARED = "ever-shared-version";

    private final SenderIndex index;
    private final boolean sharing;
    private final List<LongConsumer> listeners = new CopyOnWriteArrayList<>();
    private volatile long latest;
    private volatile long shared;
    private volatile long everShared = -1;
    private long writtenShared;
    private long writtenEverShared;
    private boolean rebuilt;

    /**
     * @param sharing whether a change of a trust state alone gets a version too
     */
    LedgerVersions(SenderIndex index, boolean sharing) {
        this.index = index;
        this.sharing = sharing;
    }

    /** Reads them at the start. */
    void load(TrustTable table) throws StorageException {
        latest = table.number(LATEST);
        shared = table.number(SHARED);
        everShared = table.setting(EVER_SHARED).isPresent() ? table.number(EVER_SHARED) : -1;
        writtenShared = shared;
        writtenEverShared = everShared;
    }

    /**
     * The own records to be written with the next version: the changed ones, and those whose trust states have changed,
     * as both are shared together.
     */
    List<LedgerRecord> nextRecords(PendingWrites pending, List<TrustEntry> trust, Node own, long now) {
        List<LedgerRecord> records = pending.records(latest + 1);
        if (sharing) {
            for (TrustEntry entry : trust) {
                if (pending.find(entry.origin()) == null) {
                    SenderCounts counts = findOrImport(entry.origin(), own, now);
                    records.add(new LedgerRecord(counts.withVersion(latest + 1), null));
                }
            }
        }
        return records;
    }

    /** The committed own counts of a sender, or new ones if only other nodes know it, or none does. */
    SenderCounts findOrImport(IpPrefix origin, Node own, long now) {
        SenderCounts counts = index.findCounts(own, origin);
        if (counts != null) {
            return counts;
        }
        List<SenderCounts> others = index.findAll(origin);
        return others.isEmpty() ? SenderCounts.unseen(own, origin, now) : SenderCounts.imported(own, others.get(0));
    }

    /** Adds the settings that are to be written with a version. */
    TrustTable.TrustWrites addTo(TrustTable.TrustWrites writes, long version) {
        TrustTable.TrustWrites all = version == latest ? writes : writes.with(LATEST, version);
        long current = shared;
        long ever = everShared;
        TrustTable.TrustWrites withShared = current == writtenShared ? all : all.with(SHARED, current);
        return ever == writtenEverShared ? withShared : withShared.with(EVER_SHARED, ever);
    }

    /** All settings, for a new file. */
    TrustTable.TrustWrites all() {
        TrustTable.TrustWrites all =
                TrustTable.TrustWrites.NONE.with(LATEST, latest).with(SHARED, shared);
        long ever = everShared;
        return ever < 0 ? all : all.with(EVER_SHARED, ever);
    }

    /** Says that another file has what was in memory, but not what other nodes know of trust. */
    void setRebuilt() {
        rebuilt = true;
    }

    /** The positions to be written: none for a file that needs all records again after the next start. */
    Collection<SharedPosition> writablePositions(Collection<SharedPosition> positions) {
        return rebuilt ? List.of() : positions;
    }

    /** Records that {@link #addTo} was committed, and tells the listeners if own records have changed. */
    void committed(TrustTable.TrustWrites written, long version) {
        writtenShared = written.number(SHARED, writtenShared);
        writtenEverShared = written.number(EVER_SHARED, writtenEverShared);
        if (version > latest) {
            latest = version;
            listeners.forEach(listener -> listener.accept(version));
        }
    }

    /** The version of the latest commit that changed own records; 0 if there was none. Thread-safe. */
    long latest() {
        return latest;
    }

    /** See {@link SharedLedger#sharedVersion}. Thread-safe. */
    long shared() {
        return shared;
    }

    /** Whether the disk is new, and records of a lost one are not all back: later, old ones change nothing. */
    boolean mayBeBehind() {
        return sharing && everShared < 0;
    }

    /** See {@link SharedLedger#setRestored}. Thread-safe. */
    void setRestored() {
        setEverShared(0);
    }

    private synchronized void setEverShared(long version) {
        everShared = Math.max(everShared, version);
    }

    /** See {@link SharedLedger#setSharedVersion}. Thread-safe. */
    void setShared(long version) {
        if (version > 0) {
            setEverShared(version);
        }
        shared = version;
    }

    /** See {@link SharedLedger#onCommit}. Thread-safe. */
    void onCommit(LongConsumer listener) {
        listeners.add(listener);
    }
}
