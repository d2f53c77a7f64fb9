package org.decoymx.ledger;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.ManualDecisions;
import org.decoymx.store.StorageException;
import org.jspecify.annotations.Nullable;

/** Applies what is decided about senders by hand. Only for the writer thread. */
final class ManualChanges {
    private final SightingAggregator aggregator;
    private final TrustPersistence trust;
    private final LedgerStorage storage;
    private final List<BiConsumer<IpPrefix, ManualDecision>> listeners = new CopyOnWriteArrayList<>();

    ManualChanges(SightingAggregator aggregator, TrustPersistence trust, LedgerStorage storage) {
        this.aggregator = aggregator;
        this.trust = trust;
        this.storage = storage;
    }

    /** The latest decision about each sender. */
    ManualDecisions decisions() {
        return trust.index().manual();
    }

    /**
     * Puts a sender into a tier, or forgets it; published with the next commit. The points of a sender that is
     * forgotten do not count any more, whichever node gave them, and neither do its open sessions.
     *
     * @throws StorageException if the file cannot be used; then nothing has changed
     */
    void decide(IpPrefix origin, ManualDecision decision) throws StorageException {
        storage.require();
        ManualDecision made = ofThisNode(decision, decisions().find(origin));
        apply(origin, made, Long.MAX_VALUE);
        listeners.forEach(listener -> listener.accept(origin, made));
    }

    /** What is decided here comes after what is known here, also within a second, or if a clock is wrong. */
    private ManualDecision ofThisNode(ManualDecision decision, @Nullable ManualDecision known) {
        String who = storage.ownNode().name();
        ManualDecision made =
                new ManualDecision(decision.tier(), decision.at(), decision.until(), decision.reason(), who);
        if (known == null || isLater(made, known)) {
            return made;
        }
        long at = known.at() + 1;
        long until = decision.isForgotten() ? 0 : Math.max(decision.until(), at + 1);
        return new ManualDecision(decision.tier(), at, until, decision.reason(), who);
    }

    /**
     * Applies decisions of other nodes that are later than those that are known and fit; others change nothing. Nor do
     * those that ended long ago: they were deleted here, while the node that made them may be gone and keep them.
     */
    void merge(Map<IpPrefix, ManualDecision> made) throws StorageException {
        storage.require();
        made.forEach((origin, decision) -> {
            if (decision.isKeptAt(trust.now())) {
                applyIfLater(origin, decision);
            }
        });
    }

    /** Calls a listener with each decision that is made here. Thread-safe. */
    void onDecision(BiConsumer<IpPrefix, ManualDecision> listener) {
        listeners.add(listener);
    }

    private void applyIfLater(IpPrefix origin, ManualDecision decision) {
        if (isLater(decision, decisions().find(origin)) && !decisions().isTooOld(origin, decision)) {
            apply(origin, decision, decision.at());
        }
    }

    /** A sender that is forgotten keeps a listing that began after the time, and its points if it first came then. */
    private void apply(IpPrefix origin, ManualDecision decision, long listedBy) {
        if (decision.isForgotten()) {
            aggregator.skipSessions(origin);
        }
        trust.index().decide(origin, decision);
        aggregator.applyDecision(origin, decision, listedBy);
    }

    /**
     * Merges the decisions of exported records, and the trust states of those that say what this node knows, or have no
     * version. What another node knows is kept with its record.
     */
    void mergeExported(Collection<LedgerRecord> records) {
        for (LedgerRecord imported : records) {
            IpPrefix origin = imported.origin();
            if (imported.manual() != null) {
                applyIfLater(origin, imported.manual());
            }
            boolean ofOther = imported.version() > 0 && !imported.node().equals(storage.ownNode());
            ExportedTrust state = ofOther ? null : imported.trust();
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
        return known == null
                || decision.at() > known.at()
                || decision.at() == known.at() && decision.who().compareTo(known.who()) > 0;
    }

    /** Whether a sender is kept, however old it is, so that people can see what was decided. */
    boolean isKept(IpPrefix origin, long now) {
        ManualDecision decision = decisions().find(origin);
        return decision != null && decision.isKeptAt(now);
    }
}
