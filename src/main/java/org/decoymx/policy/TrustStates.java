package org.decoymx.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.decoymx.net.EvictionOrder;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.TrustIndex.TrustEntry;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of trust states, found by sender and by envelope, and which of them have changed. When it is full, a
 * sender of the network with the most of them is forgotten, the one whose state changed least recently; see
 * {@link EvictionOrder}. A cleared or confirmed sender stays while there is another, or until such senders fill half of
 * the room: who fills it must leave room for the next good sender that has to prove itself. Not thread-safe.
 */
final class TrustStates {
    private static final int MAX_SENDERS = 200_000;
    // with 16 caught envelopes and 16 deferred ones, in a network of its own
    private static final int MAX_OCTETS_OF_SENDER = 2_700;
    private static final long HEAP_SHARE = 6;
    private static final long SWEEP_INTERVAL = 600;

    private final int capacity;
    private final ManualDecisions manual;
    private final TrustSettings settings;
    private final RemoteTrust remote;
    /** Encoded, as an object for each envelope would need three times the memory. */
    private final Map<IpPrefix, byte[]> states = new HashMap<>();

    private final Map<Worth, EvictionOrder<IpPrefix>> orders = new EnumMap<>(Worth.class);

    private final EnvelopeHolders holders = new EnvelopeHolders();
    private final ClearedNetworks clearedNetworks;
    private final Set<IpPrefix> changed = new LinkedHashSet<>();
    private Iterator<IpPrefix> sweep = List.<IpPrefix>of().iterator();
    private long sweptAt;
    private long sweptBefore;
    private long now;

    /** What is lost with a state. */
    private enum Worth {
        LITTLE,
        /** It is cleared or confirmed. */
        PROVEN,
        /** It was set by hand. */
        DECIDED
    }

    /** The number of states that use a sixth of the heap at most. */
    static int capacityOfHeap() {
        return (int) Math.min(MAX_SENDERS, Runtime.getRuntime().maxMemory() / HEAP_SHARE / MAX_OCTETS_OF_SENDER);
    }

    /**
     * @param manual whose tiers were set by hand; they are forgotten last
     */
    TrustStates(int capacity, ManualDecisions manual) {
        this(capacity, manual, TrustSettings.DEFAULTS);
    }

    /** The same with other times. */
    TrustStates(int capacity, ManualDecisions manual, TrustSettings settings) {
        this.capacity = capacity;
        this.settings = settings;
        remote = new RemoteTrust(capacity);
        clearedNetworks = new ClearedNetworks(capacity);
        this.manual = manual;
        for (Worth worth : Worth.values()) {
            orders.put(worth, new EvictionOrder<>());
        }
    }

    private EvictionOrder<IpPrefix> order(Worth worth) {
        return Objects.requireNonNull(orders.get(worth));
    }

    private Worth worth(IpPrefix origin, TrustState state) {
        if (manual.hasTier(origin)) {
            return Worth.DECIDED;
        }
        Tier tier = state.tierAt(now);
        return tier == Tier.CLEARED || tier == Tier.CONFIRMED ? Worth.PROVEN : Worth.LITTLE;
    }

    private void place(IpPrefix origin, TrustState state) {
        orders.values().forEach(order -> order.remove(origin, origin));
        order(worth(origin, state)).add(origin, origin);
    }

    /** What all nodes know of a sender. */
    TrustState find(IpPrefix origin) {
        List<TrustState> others = remote.find(origin);
        return others.isEmpty() ? own(origin) : TrustFold.fold(own(origin), others, settings, manual.find(origin));
    }

    /** What this node knows of a sender. */
    TrustState own(IpPrefix origin) {
        byte[] encoded = states.get(origin);
        return encoded == null ? TrustState.UNKNOWN : TrustState.decode(encoded);
    }

    /** The senders that have an envelope. */
    Collection<IpPrefix> findHolders(long envelope) {
        return holders.find(envelope);
    }

    /** Whether a sender of a network is cleared. */
    boolean hasCleared(IpPrefix network, long at) {
        return clearedNetworks.contains(network, at);
    }

    List<IpPrefix> origins() {
        return new ArrayList<>(states.keySet());
    }

    int size() {
        return states.size();
    }

    boolean isFull() {
        return states.size() >= capacity;
    }

    void putRemote(String node, IpPrefix origin, @Nullable TrustState state) {
        TrustState before = find(origin);
        remote.put(node, origin, state);
        TrustState after = find(origin);
        holders.replace(origin, before, after);
        clearedNetworks.record(origin, after);
    }

    /** Records the change of what all nodes know as that of this node. */
    void put(IpPrefix origin, TrustState before, TrustState after) {
        if (after.equals(before)) {
            return;
        }
        TrustState own = own(origin);
        putOwn(origin, own, remote.has(origin) ? TrustFold.adopt(own, before, after) : after);
    }

    private void putOwn(IpPrefix origin, TrustState before, TrustState after) {
        holders.replace(origin, before, after);
        clearedNetworks.record(origin, after);
        states.put(origin, after.encode());
        place(origin, after);
        changed.add(origin);
        forgetOldest();
    }

    /** Adds a state that is on disk, unless there is a later one. */
    void load(IpPrefix origin, TrustState state) {
        if (states.putIfAbsent(origin, state.encode()) == null) {
            holders.replace(origin, TrustState.UNKNOWN, state);
            clearedNetworks.record(origin, state);
            place(origin, state);
        }
        forgetOldest();
    }

    void forget(IpPrefix origin) {
        byte[] encoded = states.remove(origin);
        if (encoded != null) {
            holders.replace(origin, TrustState.decode(encoded), TrustState.UNKNOWN);
            orders.values().forEach(order -> order.remove(origin, origin));
            changed.add(origin);
            // while the file cannot be written: what stays there of a forgotten sender is deleted when it has expired
            if (changed.size() > 2 * capacity) {
                changed.retainAll(states.keySet());
            }
        }
    }

    private void forgetOldest() {
        while (states.size() > capacity) {
            boolean tooManyProven = order(Worth.PROVEN).size() > capacity / 2;
            forget(Stream.of(tooManyProven ? Worth.PROVEN : Worth.LITTLE, Worth.PROVEN, Worth.DECIDED)
                    .map(this::order)
                    .filter(order -> order.size() > 0)
                    .findFirst()
                    .orElseThrow()
                    .first());
        }
    }

    List<TrustEntry> takeChanges(int max) {
        List<TrustEntry> taken = new ArrayList<>(Math.min(max, changed.size()));
        Iterator<IpPrefix> origins = changed.iterator();
        while (taken.size() < max && origins.hasNext()) {
            IpPrefix origin = origins.next();
            taken.add(new TrustEntry(origin, states.containsKey(origin) ? own(origin) : null));
            origins.remove();
        }
        return taken;
    }

    void restoreChanges(List<TrustEntry> changes) {
        changes.forEach(change -> changed.add(change.origin()));
    }

    /**
     * Looks at the next {@code max} senders, reports which tiers ended by themselves, and forgets those whose state
     * says no more than no knowledge at all.
     *
     * @param trustedAt the time for forgetting, which no wrong clock can bring forward
     */
    void sweep(long at, long trustedAt, int max, TrustRules rules, BiConsumer<IpPrefix, TrustChange> expired) {
        now = at;
        if (!sweep.hasNext() && Math.abs(at - sweptAt) >= SWEEP_INTERVAL) {
            sweep = origins().iterator();
            // what ended while the decoy was off, or between two times of a clock set back, is not reported
            sweptBefore = sweptAt == 0 ? at : Math.min(sweptAt, at);
            sweptAt = at;
            clearedNetworks.removeExpired(trustedAt);
        }
        for (int i = 0; i < max && sweep.hasNext(); i++) {
            IpPrefix origin = sweep.next();
            TrustState state = find(origin);
            TrustChange change = rules.expire(state, sweptBefore, sweptAt).change();
            if (change.after() == Tier.NONE && !state.isUncaught()) {
                expired.accept(origin, change);
            }
            if (!state.isUnknown() && state.forgettableAt(rules.settings()) <= trustedAt) {
                forget(origin);
            } else if (states.containsKey(origin)
                    && !order(worth(origin, state)).contains(origin, origin)) {
                place(origin, state);
            }
        }
    }
}
