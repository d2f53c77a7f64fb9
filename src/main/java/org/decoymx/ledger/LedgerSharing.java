package org.decoymx.ledger;

import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.ManualDecisions.ManualEntry;
import org.decoymx.store.StorageException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Shares the ledger: reads it from disk with connections of its own, and writes it on the writer thread. */
final class LedgerSharing implements SharedLedger {
    private static final Logger LOG = Logger.getLogger(SenderLedger.class);
    private static final int DELETE_BATCH = 10_000;

    private final SenderLedger ledger;
    private final LedgerWriter writer;
    private final Clock clock;
    private final AtomicBoolean warned = new AtomicBoolean();

    LedgerSharing(SenderLedger ledger, LedgerWriter writer, Clock clock) {
        this.ledger = ledger;
        this.writer = writer;
        this.clock = clock;
    }

    @Override
    public boolean isLoaded() {
        return ledger.storage().isLoaded();
    }

    @Override
    public Node ownNode() {
        return ledger.storage().ownNode();
    }

    @Override
    public long version() {
        return ledger.versions().latest();
    }

    @Override
    public List<LedgerRecord> readOwn(Cursor after, int max) throws StorageException {
        try (LedgerStore reader = ledger.storage().openReader()) {
            return reader.pages().readOwn(after, max);
        }
    }

    @Override
    public List<LedgerRecord> readOwnByOrigin(@Nullable IpPrefix after, int max) throws StorageException {
        try (LedgerStore reader = ledger.storage().openReader()) {
            return reader.pages().readOwnByOrigin(after, max);
        }
    }

    @Override
    public CompletableFuture<Integer> merge(Collection<LedgerRecord> states, Collection<SharedPosition> positions) {
        Map<MergeKey, LedgerRecord> latest = new LinkedHashMap<>();
        warnOfInvalid(states);
        states.stream()
                .filter(LedgerRecord::hasValidVersion)
                .forEach(state -> latest.merge(
                        new MergeKey(state.node(), state.origin()),
                        state,
                        (one, other) -> one.version() >= other.version() ? one : other));
        return writer.merge(() -> ledger.merger().merge(latest.values(), positions));
    }

    private void warnOfInvalid(Collection<LedgerRecord> states) {
        List<LedgerRecord> invalid =
                states.stream().filter(state -> !state.hasValidVersion()).toList();
        if (!invalid.isEmpty() && !warned.getAndSet(true)) {
            LOG.warnf(
                    "%s states of node %s are left out: version %s is not from 1 to %s; further ones are not logged",
                    invalid.size(), invalid.get(0).node().name(), invalid.get(0).version(), LedgerRecord.MAX_VERSION);
        }
    }

    private record MergeKey(Node node, IpPrefix origin) {}

    @Override
    public List<SharedPosition> positions() throws StorageException {
        try (LedgerStore reader = ledger.storage().openReader()) {
            return reader.exchange().readPositions();
        }
    }

    @Override
    public long sharedVersion() {
        return ledger.versions().shared();
    }

    @Override
    public void setSharedVersion(long version) {
        ledger.versions().setShared(version);
    }

    @Override
    public void setRestored() {
        ledger.versions().setRestored();
    }

    @Override
    public CompletableFuture<Void> skipVersions(long count) {
        return writer.merge(() -> ledger.merger().skipVersions(count)).thenAccept(done -> {});
    }

    @Override
    public Map<IpPrefix, ManualDecision> decisions() {
        Map<IpPrefix, ManualDecision> decisions = new HashMap<>();
        for (ManualEntry entry : ledger.manual().decisions().entries()) {
            if (entry.decision() != null) {
                decisions.put(entry.origin(), entry.decision());
            }
        }
        return decisions;
    }

    @Override
    public CompletableFuture<Void> mergeDecisions(Map<IpPrefix, ManualDecision> decisions) {
        Map<IpPrefix, ManualDecision> made = Map.copyOf(decisions);
        return writer.merge(() -> {
                    ledger.manual().merge(made);
                    return MergeResult.NONE;
                })
                .thenAccept(done -> {});
    }

    @Override
    public void onCommit(LongConsumer listener) {
        ledger.versions().onCommit(listener);
    }

    @Override
    public void onDecision(BiConsumer<IpPrefix, ManualDecision> listener) {
        ledger.manual().onDecision(listener);
    }

    @Override
    public Map<Node, Integer> nodes() {
        return ledger.index().recordsOfNodes();
    }

    @Override
    public CompletableFuture<Integer> dropNode(Node node, BooleanSupplier isGone) {
        if (node.equals(ownNode())) {
            throw new IllegalArgumentException("the own node cannot be dropped");
        }
        return dropNext(node, isGone, 0);
    }

    /** In batches, so that commits are not delayed. */
    private CompletableFuture<Integer> dropNext(Node node, BooleanSupplier isGone, int before) {
        return writer.merge(() -> isGone.getAsBoolean()
                        ? ledger.deletion().deleteNode(node, DELETE_BATCH, clock.instant())
                        : MergeResult.NONE)
                .thenCompose(deleted -> deleted < DELETE_BATCH
                        ? CompletableFuture.completedFuture(before + deleted)
                        : dropNext(node, isGone, before + deleted));
    }
}
