package org.decoymx.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.TrustIndex.TrustEntry;
import org.decoymx.policy.TrustOrder.Worth;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of trust states, found by sender and by envelope, and which of them have changed. When it is full, a
 * sender of the network with the most of them is forgotten, the one whose state changed least recently; see
 * {@link TrustOrder}. A cleared or confirmed sender stays while there is another, or until such senders fill half of
 * the room: who fills it must leave room for the next good sender that has to prove itself. Not thread-safe.
 */
final class TrustStates {
    private static final int MAX_SENDERS = 200_000;
    // with 16 caught envelopes and 16 deferred ones, in a network of its own
    private static final int MAX_OCTETS_OF_SENDER = 2_700;
    private static final long HEAP_SHARE = 6;

    private final int capacity;
    private final ManualDecisions manual;
    private final TrustRules rules;
    private final RemoteTrust remote;
    /** Encoded, as an object for each envelope would need three times the memory. */
    private final Map<IpPrefix, byte[]> states = new HashMap<>();

    private final TrustOrder order = new TrustOrder();
    private final EnvelopeHolders holders = new EnvelopeHolders();
    private final ClearedNetworks clearedNetworks;
    private final Set<IpPrefix> changed = new LinkedHashSet<>();
    private long now;

    /** The number of states that use a sixth of the heap at most. */
    static int capacityOfHeap() {
        return (int) Math.min(MAX_SENDERS, Runtime.getRuntime().maxMemory() / HEAP_SHARE / MAX_OCTETS_OF_SENDER);
    }

    /**
     * @param manual whose tiers were set by hand; they are forgotten last
     */
    TrustStates(int capacity, ManualDecisions manual, TrustRules rules) {
        this.capacity = capacity;
        this.rules = rules;
        remote = new RemoteTrust(capacity, rules.settings(), manual);
        clearedNetworks = new ClearedNetworks(capacity);
        this.manual = manual;
    }

    private Worth worth(IpPrefix origin, TrustState state) {
        return manual.hasTier(origin) ? Worth.DECIDED : Worth.of(state, now);
    }

    /** What all nodes know of a sender. */
    TrustState find(IpPrefix origin) {
        return remote.find(origin, own(origin));
    }

    /** The same to be acted upon: a sender of which another node may know more is a suspect at most. */
    TrustState findWithDoubt(IpPrefix origin) {
        return remote.withDoubt(origin, find(origin));
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

    /** Replaces what another node knows; null for nothing. What it takes back is taken back in the own state, too. */
    void putRemote(String node, IpPrefix origin, @Nullable TrustState state) {
        TrustState before = find(origin);
        remote.put(node, origin, state);
        TrustState after = replaced(origin, before);
        TrustState own = own(origin);
        if (!own.isUnknown()) {
            putOwn(origin, remote.applyTo(origin, own));
        }
        remote.place(origin, own.isUnknown() ? worth(origin, after) : Worth.DECIDED);
        for (IpPrefix full = remote.findOverflow(); full != null; full = remote.findOverflow()) {
            TrustState known = find(full);
            remote.forget(full);
            replaced(full, known);
        }
    }

    /** After what all nodes know of a sender is another. */
    private TrustState replaced(IpPrefix origin, TrustState before) {
        TrustState after = find(origin);
        holders.replace(origin, before, after);
        clearedNetworks.record(origin, after);
        return after;
    }

    /** Records a change of what all nodes know as that of this node. */
    void put(IpPrefix origin, TrustState before, TrustState after) {
        if (!after.equals(before)) {
            boolean shared = remote.isUsed();
            putOwn(origin, shared ? TrustFold.adopt(own(origin), before, after, now, rules.settings()) : after);
        }
    }

    /** Records a decision by hand. */
    void decide(IpPrefix origin, ManualDecision made) {
        TrustState own = own(origin);
        TrustState before = find(origin);
        manual.put(origin, made);
        remote.ownChanged(origin);
        replaced(origin, before);
        putOwn(origin, decided(own, made));
    }

    private TrustState decided(TrustState own, ManualDecision made) {
        if (made.isForgotten()) {
            return TrustFold.forget(own, made.at());
        }
        // one of another node may come after its end: then it says nothing of a listing that began since
        boolean isOver = own.listing().since() >= made.until();
        return isOver ? own : rules.setByHand(own, made.tier(), made.at(), made.until());
    }

    /** Takes a catch back. */
    void excuse(IpPrefix origin, long at) {
        TrustState own = own(origin);
        TrustState after = remote.isUsed() ? TrustFold.excuse(own, find(origin), at, rules) : rules.excuse(own, at);
        if (after.isUnknown()) {
            forget(origin);
        } else {
            putOwn(origin, after);
        }
    }

    /** Replaces what this node knows. */
    void putOwn(IpPrefix origin, TrustState own) {
        TrustState before = find(origin);
        if (own.equals(own(origin))) {
            return;
        }
        states.put(origin, own.encode());
        remote.ownChanged(origin);
        replaced(origin, before);
        order.place(origin, worth(origin, own));
        changed.add(origin);
        forgetOldest();
    }

    /** Adds a state that is on disk, unless there is a later one. */
    void load(IpPrefix origin, TrustState state) {
        TrustState before = find(origin);
        if (states.putIfAbsent(origin, state.encode()) == null) {
            remote.ownChanged(origin);
            replaced(origin, before);
            order.place(origin, worth(origin, state));
        }
        forgetOldest();
    }

    void forget(IpPrefix origin) {
        TrustState before = find(origin);
        if (states.remove(origin) != null) {
            remote.ownChanged(origin);
            replaced(origin, before);
            order.remove(origin);
            changed.add(origin);
            // while the file cannot be written: what stays there of a forgotten sender is deleted when it has expired
            if (changed.size() > 2 * capacity) {
                changed.retainAll(states.keySet());
            }
        }
    }

    private void forgetOldest() {
        while (states.size() > capacity) {
            forget(order.first(capacity / 2));
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

    /** Has to be called from time to time: what is lost with a state depends on the time. */
    void setTime(long at) {
        now = at;
    }

    void removeExpired(long at) {
        clearedNetworks.removeExpired(at);
        remote.removeExpired(at);
    }

    /** Corrects what is lost with a state, which may be less by now. */
    void placeAgain(IpPrefix origin) {
        TrustState own = own(origin);
        if (states.containsKey(origin) && !order.contains(origin, worth(origin, own))) {
            order.place(origin, worth(origin, own));
        }
    }
}
