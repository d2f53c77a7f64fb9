package org.decoymx.exchange;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.decoymx.ledger.LedgerRecord;
import org.decoymx.ledger.Node;
import org.decoymx.ledger.SharedLedger;
import org.decoymx.ledger.SharedPosition;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.jspecify.annotations.Nullable;

/** A ledger that knows nothing but decisions, and the names of what else is called. */
class LedgerOfDecisions implements SharedLedger {
    final Map<IpPrefix, ManualDecision> known = new ConcurrentHashMap<>();
    final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<BiConsumer<IpPrefix, ManualDecision>> listeners = new CopyOnWriteArrayList<>();
    private final String name;

    LedgerOfDecisions(String name) {
        this.name = name;
    }

    ManualDecision decision(IpPrefix origin) {
        return Objects.requireNonNull(known.get(origin));
    }

    void decide(IpPrefix origin, ManualDecision decision) {
        known.put(origin, decision);
        listeners.forEach(listener -> listener.accept(origin, decision));
    }

    @Override
    public boolean isLoaded() {
        return true;
    }

    @Override
    public Node ownNode() {
        return new Node(name);
    }

    @Override
    public Map<IpPrefix, ManualDecision> decisions() {
        return Map.copyOf(known);
    }

    @Override
    public CompletableFuture<Void> mergeDecisions(Map<IpPrefix, ManualDecision> decisions) {
        decisions.forEach((origin, decision) ->
                known.merge(origin, decision, (old, other) -> other.at() > old.at() ? other : old));
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onDecision(BiConsumer<IpPrefix, ManualDecision> listener) {
        listeners.add(listener);
    }

    @Override
    public long version() {
        return 0;
    }

    @Override
    public List<LedgerRecord> readOwn(Cursor after, int max) {
        return List.of();
    }

    @Override
    public List<LedgerRecord> readOwnByOrigin(@Nullable IpPrefix after, int max) {
        return List.of();
    }

    @Override
    public CompletableFuture<Integer> merge(Collection<LedgerRecord> states, Collection<SharedPosition> positions) {
        states.forEach(state -> calls.add("merge " + state.origin() + " " + state.version()));
        positions.forEach(position -> calls.add("position " + position.offset()));
        return CompletableFuture.completedFuture(0);
    }

    @Override
    public List<SharedPosition> positions() {
        return List.of();
    }

    @Override
    public long sharedVersion() {
        return 0;
    }

    @Override
    public void setSharedVersion(long version) {}

    @Override
    public void setRestored() {
        calls.add("restored");
    }

    @Override
    public CompletableFuture<Void> skipVersions(long count) {
        calls.add("skip");
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onCommit(LongConsumer listener) {}

    @Override
    public Map<Node, Integer> nodes() {
        return Map.of();
    }

    @Override
    public CompletableFuture<Integer> dropNode(Node node, BooleanSupplier isGone) {
        return CompletableFuture.completedFuture(0);
    }
}
