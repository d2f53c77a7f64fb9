package org.decoymx.ledger;

import java.util.Collection;
import java.util.List;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.ManualDecisions;
import org.decoymx.store.StorageException;
import org.jspecify.annotations.Nullable;

/** Applies what is decided about senders by hand. Only for the writer thread. */
final class ManualChanges {
    private final SenderIndex index;
    private final SightingAggregator aggregator;
    private final TrustPersistence trust;
    private final LedgerStorage storage;

    ManualChanges(SenderIndex index, SightingAggregator aggregator, TrustPersistence trust, LedgerStorage storage) {
        this.index = index;
        this.aggregator = aggregator;
        this.trust = trust;
        this.storage = storage;
    }

    private ManualDecisions decisions() {
        return trust.index().manual();
    }

    /**
     * Puts a sender into a tier, or forgets it; published with the next commit. A sender that is forgotten loses its
     * points, also those that other nodes gave it, and its open sessions do not count.
     *
     * @throws StorageException if the file cannot be used; then nothing has changed
     */
    void apply(IpPrefix origin, ManualDecision decision) throws StorageException {
        apply(origin, decision, Long.MAX_VALUE);
    }

    private void apply(IpPrefix origin, ManualDecision decision, long listedBy) throws StorageException {
        LedgerStore store = storage.openIfNeeded();
        if (store == null) {
            throw storage.failure().orElseThrow();
        }
        if (decision.isForgotten()) {
            forgetElsewhere(store, origin, listedBy);
            aggregator.skipSessions(origin);
        }
        trust.index().decide(origin, decision);
        aggregator.applyDecision(origin, decision, listedBy, storage.ownNode());
    }

    private void forgetElsewhere(LedgerStore store, IpPrefix origin, long listedBy) throws StorageException {
        List<LedgerRecord> others = index.findAll(origin).stream()
                .filter(counts -> !counts.node().equals(storage.ownNode()))
                .map(counts -> new LedgerRecord(counts.forgottenIfListedBy(listedBy), null))
                .toList();
        try {
            store.commit(others.iterator());
        } catch (StorageException e) {
            storage.markFailed(e);
            throw e;
        }
        index.update(others, List.of());
    }

    /**
     * Merges the trust states and the decisions of exported records, whose counts are merged already. The later
     * decision about a sender wins; one that forgets it leaves the listings that began after that.
     */
    void merge(Collection<LedgerRecord> records) throws StorageException {
        for (LedgerRecord imported : records) {
            IpPrefix origin = imported.counts().origin();
            ManualDecision decision = imported.manual();
            if (decision != null && isLater(decision, decisions().find(origin))) {
                apply(origin, decision, decision.at());
            }
            ExportedTrust state = imported.trust();
            if (state != null && !decisions().isForgotten(origin, state.latestAt())) {
                trust.merge(origin, withoutOutdated(state, decisions().find(origin)));
            }
        }
    }

    /** A listing by hand also ends where its node went on without knowing the later decision. */
    private static ExportedTrust withoutOutdated(ExportedTrust trust, @Nullable ManualDecision latest) {
        return latest == null
                ? trust
                : new ExportedTrust(trust.state().withoutByHandBefore(latest.at()), trust.keyId());
    }

    private static boolean isLater(ManualDecision decision, @Nullable ManualDecision known) {
        return known == null || decision.at() > known.at();
    }

    /** Whether a sender is kept, however old it is, so that people can see what was decided. */
    boolean isKept(IpPrefix origin, long now) {
        ManualDecision decision = decisions().find(origin);
        return decision != null && decision.isKeptAt(now);
    }
}
