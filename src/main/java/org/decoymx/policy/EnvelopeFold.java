package org.decoymx.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The envelopes that several nodes remember of one sender; see {@link TrustFold}. */
final class EnvelopeFold {
    private static final int MEMORY = RememberedEnvelope.SMALLEST | RememberedEnvelope.LATEST;
    private static final int ANSWERS =
            RememberedEnvelope.RETURNED | RememberedEnvelope.ANSWERED | RememberedEnvelope.PERHAPS_REFUSED;
    private static final Comparator<RememberedEnvelope> IN_ORDER = Comparator.comparingLong(RememberedEnvelope::firstAt)
            .thenComparingLong(RememberedEnvelope::lastAt)
            .thenComparingInt(RememberedEnvelope::flags);

    private final TrustSettings settings;
    private final Map<Long, RememberedEnvelope> byHash = new TreeMap<>();
    private long returnedAt;

    /**
     * @param after envelopes that were first put off then or before do not count
     */
    EnvelopeFold(List<EnvelopeMemory> memories, long after, TrustSettings settings) {
        this.settings = settings;
        Map<Long, List<RememberedEnvelope>> known = new TreeMap<>();
        for (EnvelopeMemory memory : memories) {
            for (RememberedEnvelope envelope : memory.since(after + 1).entries()) {
                known.computeIfAbsent(envelope.hash(), hash -> new ArrayList<>(2))
                        .add(envelope.without(RememberedEnvelope.ELSEWHERE));
            }
        }
        known.forEach((hash, envelopes) -> byHash.put(hash, fold(envelopes)));
    }

    /** When an envelope returned that different nodes put off, of which none knew of the other; 0 for never. */
    long returnedAt() {
        return returnedAt;
    }

    private RememberedEnvelope fold(List<RememberedEnvelope> known) {
        known.sort(IN_ORDER);
        RememberedEnvelope merged = known.get(0);
        for (RememberedEnvelope next : known.subList(1, known.size())) {
            merged = followedBy(merged, next);
        }
        return merged;
    }

    private RememberedEnvelope followedBy(RememberedEnvelope first, RememberedEnvelope next) {
        if (settings.isPaused(first, next.firstAt())) {
            return next.with(first.flags() & MEMORY);
        }
        long lastAt = Math.max(first.lastAt(), next.lastAt());
        boolean returned = next.firstAt() > first.firstAt() && settings.isRetry(first, lastAt);
        returnedAt = returned ? Math.max(returnedAt, lastAt) : returnedAt;
        int flags = first.flags() | next.flags() | (returned ? RememberedEnvelope.RETURNED : 0);
        return new RememberedEnvelope(first.hash(), first.firstAt(), lastAt, flags);
    }

    /**
     * What all nodes together remember.
     *
     * @param own what this node remembers
     */
    EnvelopeMemory all(EnvelopeMemory own) {
        return EnvelopeMemory.bounded(byHash.values().stream()
                .map(envelope ->
                        own.find(envelope.hash()) == null ? envelope.with(RememberedEnvelope.ELSEWHERE) : envelope)
                .toList());
    }

    /** A state of another node, of whose envelopes this one does not know. */
    static TrustState elsewhere(TrustState state) {
        return state.withCaught(elsewhere(state.caught())).withDeferred(elsewhere(state.deferred()));
    }

    private static EnvelopeMemory elsewhere(EnvelopeMemory memory) {
        return memory.mark(RememberedEnvelope.ELSEWHERE, envelope -> true);
    }

    /** The envelopes of one node, answered if they are for all; without those that do not count. */
    EnvelopeMemory answer(EnvelopeMemory memory) {
        List<RememberedEnvelope> answered = new ArrayList<>();
        for (RememberedEnvelope envelope : memory.entries()) {
            RememberedEnvelope known = byHash.get(envelope.hash());
            if (known != null) {
                boolean sameDelivery = known.firstAt() <= envelope.firstAt();
                answered.add(sameDelivery ? envelope.with(known.flags() & ANSWERS) : envelope);
            }
        }
        return answered.equals(memory.entries()) ? memory : EnvelopeMemory.bounded(answered);
    }

    /**
     * The envelopes of the own node when the rules have changed what all remember. What they have dropped is answered,
     * because others may still remember it.
     */
    static EnvelopeMemory adopt(EnvelopeMemory own, EnvelopeMemory before, EnvelopeMemory after) {
        boolean added = after.entries().stream().anyMatch(envelope -> before.find(envelope.hash()) == null);
        List<RememberedEnvelope> changed = new ArrayList<>();
        for (RememberedEnvelope envelope : after.entries()) {
            RememberedEnvelope known = before.find(envelope.hash());
            if (known == null || !known.without(MEMORY).equals(envelope.without(MEMORY))) {
                changed.add(envelope);
            }
        }
        for (RememberedEnvelope envelope : before.entries()) {
            // unless the new one has pushed it out
            if (!added && after.find(envelope.hash()) == null) {
                changed.add(envelope.with(RememberedEnvelope.ANSWERED));
            }
        }
        return add(own, changed);
    }

    /** Adds or replaces envelopes of the own node. */
    static EnvelopeMemory add(EnvelopeMemory own, List<RememberedEnvelope> changed) {
        if (changed.isEmpty()) {
            return own;
        }
        List<RememberedEnvelope> all = new ArrayList<>(own.entries());
        for (RememberedEnvelope envelope : changed) {
            all.removeIf(known -> known.hash() == envelope.hash());
            all.add(envelope.with(MEMORY).without(RememberedEnvelope.ELSEWHERE));
        }
        return EnvelopeMemory.bounded(all);
    }
}
