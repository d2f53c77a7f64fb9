package org.decoymx.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.decoymx.net.IpPrefix;
import org.jspecify.annotations.Nullable;

/**
 * What other nodes know of senders, a bounded number of states in memory; all are on disk. When it is full, all states
 * of a sender are forgotten, so that no part of them says more than the whole: first of a sender that is neither
 * cleared nor confirmed, and has no own state. Such a sender is a suspect at most for a day, in which the envelopes
 * that were forgotten may return, or for {@link TrustSettings#clearedFor} if a node spoke for it: another one may have
 * cleared it. What this node knows does not change by that. Not thread-safe.
 */
final class RemoteTrust {
    /**
     * Of how many nodes the states of one sender are kept: first those that no other node has too, then those that
     * speak for it. As the own state is always kept, beyond it two nodes may see a sender differently.
     */
    static final int MAX_NODES = 256;

    private static final long DAY_SECONDS = 24 * 3_600;

    private final int capacity;
    private final TrustSettings settings;
    private final ManualDecisions manual;
    private final Map<IpPrefix, Known> senders = new HashMap<>();
    private final TrustOrder order = new TrustOrder();
    private final ForgottenSenders forgotten = new ForgottenSenders(DAY_SECONDS);
    /** Those for which a node spoke. */
    private final ForgottenSenders forgottenProven;

    private int size;
    private boolean used;

    /** The encoded states of a sender by node, and what all nodes including this one know. */
    private static final class Known {
        final Map<String, byte[]> states = new TreeMap<>();
        byte @Nullable [] all;
    }

    /**
     * @param capacity maximum number of states
     */
    RemoteTrust(int capacity, TrustSettings settings, ManualDecisions manual) {
        this.capacity = capacity;
        this.settings = settings;
        forgottenProven = new ForgottenSenders(settings.clearedFor().toSeconds());
        this.manual = manual;
    }

    /** Whether other nodes may know of senders what this one does. */
    boolean isUsed() {
        return used;
    }

    /**
     * What all nodes know of a sender.
     *
     * @param own what this node knows
     */
    TrustState find(IpPrefix origin, TrustState own) {
        Known known = senders.get(origin);
        if (known == null) {
            return own;
        }
        if (known.all == null) {
            TrustState only = findOnly(known, origin, own);
            if (only != null) {
                return only;
            }
            known.all = fold(known, origin, own).all().encode();
        }
        return TrustState.decode(known.all);
    }

    /** The state of the only node that knows anything of a sender, as most are known by one; null if there are more. */
    private @Nullable TrustState findOnly(Known known, IpPrefix origin, TrustState own) {
        if (known.states.size() > 1 || !own.isUnknown() || manual.find(origin) != null) {
            return null;
        }
        return EnvelopeFold.elsewhere(counted(known.states.values().iterator().next(), null));
    }

    /** The state of a sender, as a suspect at most if what another node knows of it was forgotten. */
    TrustState withDoubt(IpPrefix origin, TrustState state) {
        boolean mayBeConfirmed = state.listing().tier() != Tier.CONFIRMED
                || state.listing().byHand()
                || !forgotten.contains(origin) && !forgottenProven.contains(origin);
        return mayBeConfirmed ? state : state.withListing(state.listing().demoted());
    }

    /** Has to be called from time to time, so that the doubt ends. */
    void removeExpired(long at) {
        forgotten.removeExpired(at);
        forgottenProven.removeExpired(at);
    }

    /** What the own state becomes, after what the other nodes know is applied to it. */
    TrustState applyTo(IpPrefix origin, TrustState own) {
        Known known = senders.get(origin);
        return known == null ? own : fold(known, origin, own).applyTo(own);
    }

    private TrustFold fold(Known known, IpPrefix origin, TrustState own) {
        List<TrustState> states = new ArrayList<>(known.states.size() + 1);
        states.add(own);
        ManualDecision decision = manual.find(origin);
        // many are equal, such as what a decision by hand leaves at each node
        Set<byte[]> different = new TreeSet<>(Arrays::compare);
        different.addAll(known.states.values());
        different.forEach(state -> states.add(counted(state, decision)));
        return new TrustFold(states, settings, decision);
    }

    /** What is set by hand counts as such only if the decision is known: it comes apart from the states. */
    private static TrustState counted(byte[] encoded, @Nullable ManualDecision decision) {
        TrustState state = TrustState.decode(encoded);
        return decision == null ? state.withListing(state.listing().notByHand()) : state;
    }

    /** Has to be called when the own state or the decision about the sender is another one. */
    void ownChanged(IpPrefix origin) {
        Known known = senders.get(origin);
        if (known != null) {
            known.all = null;
        }
    }

    /** Replaces the state of a sender at a node; null for none. */
    void put(String node, IpPrefix origin, @Nullable TrustState state) {
        boolean isKnown = state != null && !state.isUnknown();
        Known known = isKnown ? senders.computeIfAbsent(origin, added -> new Known()) : senders.get(origin);
        if (known == null) {
            return;
        }
        used = true;
        size -= known.states.size();
        known.all = null;
        if (isKnown) {
            known.states.put(node, Objects.requireNonNull(state).encode());
            if (known.states.size() > MAX_NODES) {
                known.states.remove(leastOf(known));
            }
        } else {
            known.states.remove(node);
        }
        size += known.states.size();
        if (known.states.isEmpty()) {
            remove(origin);
        }
    }

    private static String leastOf(Known known) {
        Set<byte[]> different = new TreeSet<>(Arrays::compare);
        String least = null;
        for (Map.Entry<String, byte[]> state : known.states.entrySet()) {
            if (!different.add(state.getValue())) {
                least = state.getKey();
            }
        }
        return least != null
                ? least
                : known.states.entrySet().stream()
                        .min(Comparator.comparing(
                                        (Map.Entry<String, byte[]> state) -> speaksForSender(state.getValue()))
                                .thenComparing(Map.Entry::getKey, Comparator.reverseOrder()))
                        .map(Map.Entry::getKey)
                        .orElseThrow();
    }

    private static boolean speaksForSender(byte[] encoded) {
        TrustState state = TrustState.decode(encoded);
        return state.proof().lastReturnAt() > 0
                || state.listing().byHand()
                || state.caught().entries().stream().anyMatch(RememberedEnvelope::isSettled);
    }

    /** Says what is lost with a sender. */
    void place(IpPrefix origin, TrustOrder.Worth worth) {
        if (senders.containsKey(origin)) {
            order.place(origin, worth);
        }
    }

    /** The sender to be forgotten next; null while there is room. */
    @Nullable
    IpPrefix findOverflow() {
        return size > capacity ? order.first(senders.size() / 2) : null;
    }

    /** Forgets a sender that may still be known on disk. */
    void forget(IpPrefix origin) {
        Known known = Objects.requireNonNull(senders.get(origin));
        size -= known.states.size();
        boolean proven = known.states.values().stream().anyMatch(RemoteTrust::speaksForSender);
        (proven ? forgottenProven : forgotten).add(origin);
        remove(origin);
    }

    private void remove(IpPrefix origin) {
        senders.remove(origin);
        order.remove(origin);
    }
}
