package org.decoymx.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.TrustIndex.TrustEntry;

/**
 * A bounded number of trust states, found by sender and by envelope, and which of them have changed. When it is full,
 * the sender whose state changed least recently is forgotten. Not thread-safe.
 */
final class TrustStates {
    private static final long SWEEP_INTERVAL = 3_600;

    private final int capacity;
    private final ManualDecisions manual;
    /** Encoded, as an object for each envelope would need three times the memory. */
    private final Map<IpPrefix, byte[]> states = new LinkedHashMap<>();

    private final EnvelopeHolders holders = new EnvelopeHolders();
    private final ClearedNetworks clearedNetworks;
    private final Set<IpPrefix> changed = new LinkedHashSet<>();
    private Iterator<IpPrefix> sweep = List.<IpPrefix>of().iterator();
    private long sweptAt;

    /**
     * @param manual whose tiers were set by hand; they are forgotten last
     */
    TrustStates(int capacity, ManualDecisions manual) {
        this.capacity = capacity;
        clearedNetworks = new ClearedNetworks(capacity);
        this.manual = manual;
    }

    TrustState find(IpPrefix origin) {
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

    void put(IpPrefix origin, TrustState before, TrustState after) {
        if (after.equals(before)) {
            return;
        }
        holders.replace(origin, before, after);
        clearedNetworks.record(origin, after);
        states.remove(origin);
        states.put(origin, after.encode());
        changed.add(origin);
        forgetOldest();
    }

    /** Adds a state that is on disk, unless there is a later one. */
    void load(IpPrefix origin, TrustState state) {
        if (states.putIfAbsent(origin, state.encode()) == null) {
            holders.replace(origin, TrustState.UNKNOWN, state);
            clearedNetworks.record(origin, state);
        }
        forgetOldest();
    }

    void forget(IpPrefix origin) {
        byte[] encoded = states.remove(origin);
        if (encoded != null) {
            holders.replace(origin, TrustState.decode(encoded), TrustState.UNKNOWN);
            changed.add(origin);
        }
    }

    /** What was set by hand is passed over, and so becomes the latest. */
    private void forgetOldest() {
        for (int passed = 0; states.size() > capacity; passed++) {
            IpPrefix oldest = states.keySet().iterator().next();
            if (passed < capacity && manual.hasTier(oldest)) {
                states.put(oldest, Objects.requireNonNull(states.remove(oldest)));
            } else {
                forget(oldest);
            }
        }
    }

    List<TrustEntry> takeChanges(int max) {
        List<TrustEntry> taken = new ArrayList<>(Math.min(max, changed.size()));
        Iterator<IpPrefix> origins = changed.iterator();
        while (taken.size() < max && origins.hasNext()) {
            IpPrefix origin = origins.next();
            taken.add(new TrustEntry(origin, states.containsKey(origin) ? find(origin) : null));
            origins.remove();
        }
        return taken;
    }

    void restoreChanges(List<TrustEntry> changes) {
        changes.forEach(change -> changed.add(change.origin()));
    }

    void markAllChanged() {
        changed.addAll(states.keySet());
    }

    /** Forgets those of the next {@code max} senders whose state says no more than no knowledge at all. */
    void sweep(long at, int max, TrustSettings settings) {
        if (!sweep.hasNext() && Math.abs(at - sweptAt) >= SWEEP_INTERVAL) {
            sweep = origins().iterator();
            sweptAt = at;
            clearedNetworks.removeExpired(at);
        }
        for (int i = 0; i < max && sweep.hasNext(); i++) {
            IpPrefix origin = sweep.next();
            TrustState state = find(origin);
            if (!state.isUnknown() && state.forgettableAt(settings) <= at) {
                forget(origin);
            }
        }
    }
}
