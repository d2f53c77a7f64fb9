package org.decoymx.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.Policy;
import org.decoymx.policy.Sender;
import org.decoymx.policy.TrustIndex.TrustEntry;
import org.decoymx.policy.TrustRules;
import org.decoymx.policy.TrustState;
import org.decoymx.store.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Merges the records of nodes: of those about the same sender by the same node, the one with the highest version wins,
 * and an equal or a lower one changes nothing but wrong times. So they may come in any order, and more than once. Only
 * for the writer thread.
 */
final class StateMerger {
    private final SenderIndex index;
    private final PendingWrites pendingWrites;
    private final Policy policy;
    private final TrustPersistence trust;
    private final LedgerStorage storage;
    private final LedgerVersions versions;

    StateMerger(
            SenderIndex index,
            PendingWrites pendingWrites,
            Policy policy,
            TrustPersistence trust,
            LedgerStorage storage,
            LedgerVersions versions) {
        this.index = index;
        this.pendingWrites = pendingWrites;
        this.policy = policy;
        this.trust = trust;
        this.storage = storage;
        this.versions = versions;
    }

    /**
     * Merges records in one transaction with the positions up to which everything is read. What is pending must be
     * committed before. A sender that has the points only with those of several nodes is listed with the next commit.
     *
     * @param records at most one for each node and sender; what is without a version says nothing of trust
     * @throws StorageException if nothing was merged
     */
    MergeResult merge(Collection<LedgerRecord> records, Collection<SharedPosition> positions) throws StorageException {
        storage.require();
        ReturnedRecords own = new ReturnedRecords(records);
        List<LedgerRecord> writes = new ArrayList<>(records.size());
        for (LedgerRecord newer : index.selectNewer(records)) {
            writes.add(isOwn(newer) ? own.restore(newer) : withUsableTrust(limited(newer)));
        }
        records.stream()
                .filter(this::isCorrected)
                .map(again -> withUsableTrust(limited(again)))
                .forEach(writes::add);
        // near to each other on disk, so that each page is read and written once
        writes.sort(Comparator.comparing(LedgerRecord::origin));
        records.stream().filter(this::isOwn).map(own::restoreOlder).forEach(writes::addAll);
        TrustTable.TrustWrites trustWrites =
                versions.addTo(new TrustTable.TrustWrites(own.trustEntries()), own.version);
        storage.write(store -> store.merge(writes, trustWrites, versions.writablePositions(positions)));
        Collection<Sender> senders = index.update(writes, List.of());
        own.mergeTrust();
        writes.stream().filter(written -> !isOwn(written)).forEach(this::putTrust);
        versions.committed(trustWrites, own.version);
        senders.forEach(this::listIfQualified);
        return new MergeResult(writes.size(), senders);
    }

    /** See {@link SharedLedger#skipVersions}. */
    MergeResult skipVersions(long count) throws StorageException {
        storage.require();
        long version = versions.latest() + count;
        TrustTable.TrustWrites writes = versions.addTo(TrustTable.TrustWrites.NONE, version);
        storage.write(store -> store.merge(List.of(), writes, List.of()));
        versions.committed(writes, version);
        return MergeResult.NONE;
    }

    private boolean isOwn(LedgerRecord written) {
        return written.node().equals(storage.ownNode());
    }

    /** Another organization does not decide by hand here, and lists nobody for longer than is usual here. */
    private LedgerRecord limited(LedgerRecord newer) {
        SenderCounts counts = newer.counts();
        if (!counts.node().isForeign()) {
            return newer;
        }
        TrustRules rules = policy.trust().rules();
        long seenAt = counts.lastSeen();
        ExportedTrust known = newer.trust();
        return new LedgerRecord(
                counts.withScore(rules.fromOtherOrganization(counts.score(), seenAt))
                        .withVersion(counts.version()),
                newer.evidence(),
                known == null
                        ? null
                        : new ExportedTrust(rules.fromOtherOrganization(known.state(), seenAt), known.keyId()),
                newer.manual());
    }

    /** Whether only the times of a record of another node differ, because they were read while a clock was wrong. */
    private boolean isCorrected(LedgerRecord same) {
        SenderCounts counts = same.counts();
        SenderCounts known = index.findCounts(counts.node(), counts.origin());
        return !isOwn(same)
                && known != null
                && counts.version() > 0
                && counts.version() == known.version()
                && counts.firstSeen() != known.firstSeen();
    }

    /** Envelopes of another key could never return here. */
    private LedgerRecord withUsableTrust(LedgerRecord newer) {
        ExportedTrust state = newer.version() == 0 ? null : newer.trust();
        return new LedgerRecord(
                newer.counts(), newer.evidence(), state == null ? null : trust.withUsableEnvelopes(state), null);
    }

    private void putTrust(LedgerRecord written) {
        SenderCounts counts = written.counts();
        ExportedTrust state = written.trust();
        trust.index().putRemote(counts.node().name(), counts.origin(), state == null ? null : state.state());
    }

    /** What several nodes have counted may list a sender that none of them lists. */
    private void listIfQualified(Sender sender) {
        IpPrefix origin = sender.origin();
        OptionalLong qualifiedAt = policy.findThresholdCrossing(sender);
        if (qualifiedAt.isEmpty() || !pendingWrites.hasRoomFor(origin)) {
            return;
        }
        long at = qualifiedAt.getAsLong();
        policy.trust().recordThreshold(origin, at);
        SenderCounts pending = pendingWrites.find(origin);
        SenderCounts own = pending == null ? versions.findOrImport(origin, storage.ownNode(), at) : pending;
        pendingWrites.put(
                own.withScore(own.score().withListing(policy.trust().find(origin), Instant.ofEpochSecond(at))), null);
    }

    /** Own records that come back: with a disk they were lost here, or an export of this node is imported. */
    private final class ReturnedRecords {
        private final Map<IpPrefix, TrustState> mergedTrust = new HashMap<>();
        private final Map<IpPrefix, ExportedTrust> returnedTrust = new HashMap<>();
        private final long next;
        private long version;

        /** Finds the next version that no record of the own node has. */
        ReturnedRecords(Collection<LedgerRecord> records) {
            version = records.stream()
                    .filter(StateMerger.this::isOwn)
                    .mapToLong(LedgerRecord::version)
                    .reduce(versions.latest(), Math::max);
            next = version + 1;
        }

        /**
         * What was counted here since then is not shared yet. As it may include the record, like that of a backup or of
         * a copy of the disk, it is not added: the higher numbers count.
         */
        LedgerRecord restore(LedgerRecord newer) {
            SenderCounts counts = newer.counts();
            if (counts.version() == 0) {
                return withNextVersion(counts, newer.evidence());
            }
            TrustState merged = mergeTrust(newer);
            TrustState back =
                    newer.trust() == null ? TrustState.UNKNOWN : newer.trust().state();
            SenderCounts known = index.findCounts(counts.node(), counts.origin());
            if (known != null && known.version() > versions.shared()) {
                return withNextVersion(known.joinedWith(counts), newer.evidence());
            }
            return merged.equals(back)
                    ? new LedgerRecord(counts, newer.evidence())
                    : withNextVersion(counts, newer.evidence());
        }

        private LedgerRecord withNextVersion(SenderCounts counts, @Nullable SessionEvidence evidence) {
            version = next;
            return new LedgerRecord(counts.withVersion(next), evidence);
        }

        /** What was counted here with a new disk, before the lost ones came back, has versions that they have too. */
        List<LedgerRecord> restoreOlder(LedgerRecord back) {
            SenderCounts counts = back.counts();
            SenderCounts known = index.findCounts(counts.node(), counts.origin());
            boolean lost = versions.mayBeBehind() && counts.version() > 0;
            if (!lost || known == null || counts.isNewerThan(known) || isKnown(back, known)) {
                return List.of();
            }
            TrustState before = trust.index().own(counts.origin());
            boolean sameTrust = mergeTrust(back).equals(before);
            SenderCounts joined = known.joinedWith(counts).withVersion(known.version());
            if (sameTrust && joined.equals(known) && counts.version() < known.version()) {
                return List.of();
            }
            version = next;
            return List.of(new LedgerRecord(joined.withVersion(next), null));
        }

        private boolean isKnown(LedgerRecord back, SenderCounts known) {
            TrustState state = trust.index().own(known.origin());
            boolean sameTrust = back.trust() == null
                    ? state.isUnknown()
                    : state.equals(back.trust().state());
            return sameTrust && back.counts().equals(known);
        }

        /** What is known of trust with the state that came back, which is written in the same transaction. */
        private TrustState mergeTrust(LedgerRecord back) {
            IpPrefix origin = back.origin();
            if (back.trust() == null) {
                return trust.index().own(origin);
            }
            TrustState merged = trust.merged(origin, back.trust());
            if (!merged.equals(trust.index().own(origin))) {
                mergedTrust.put(origin, merged);
                returnedTrust.put(origin, back.trust());
            }
            return merged;
        }

        /** What the primaries have reported meanwhile stays. */
        void mergeTrust() {
            mergedTrust.forEach(trust.index()::load);
            returnedTrust.forEach(trust::merge);
        }

        List<TrustEntry> trustEntries() {
            return mergedTrust.entrySet().stream()
                    .map(merged -> new TrustEntry(merged.getKey(), merged.getValue()))
                    .toList();
        }
    }
}
