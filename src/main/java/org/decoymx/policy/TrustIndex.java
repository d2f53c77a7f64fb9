package org.decoymx.policy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.decoymx.sighting.CaughtEnvelopes;
import org.jspecify.annotations.Nullable;

/**
 * The trust states of the senders that were caught, in memory, so that a primary is answered without a disk. The ledger
 * writes the changes and loads them at the start. Thread-safe; each call holds the lock for some microseconds, or for
 * one slice of changes. When it is full, it forgets the sender whose state changed least recently.
 */
public final class TrustIndex {
    private static final int MAX_SENDERS = 200_000;
    // with 16 caught envelopes and 16 deferred ones
    private static final int MAX_OCTETS_OF_SENDER = 1_600;
    private static final long HEAP_SHARE = 6;
    private static final long SWEEP_INTERVAL = 3_600;

    private final TrustRules rules;
    private final int capacity;
    // encoded, as an object for each envelope would need three times the memory
    private final Map<IpPrefix, byte[]> states = new LinkedHashMap<>();
    private final EnvelopeHolders holders = new EnvelopeHolders();
    private final Set<IpPrefix> changed = new LinkedHashSet<>();
    private Iterator<IpPrefix> sweep = List.<IpPrefix>of().iterator();
    private long sweptAt;
    private ReportCoverage coverage = ReportCoverage.NONE;
    private SenderEvents events = new SenderEvents(line -> {});

    /** An index that uses a sixth of the heap at most. */
    public TrustIndex(TrustRules rules) {
        this(rules, (int) Math.min(MAX_SENDERS, Runtime.getRuntime().maxMemory() / HEAP_SHARE / MAX_OCTETS_OF_SENDER));
    }

    /** An index of at most this many senders. */
    TrustIndex(TrustRules rules, int capacity) {
        this.rules = rules;
        this.capacity = capacity;
    }

    /** Reports changes of tiers to these events from now on. */
    public synchronized void reportTo(SenderEvents listener) {
        events = listener;
    }

    /** Where events are reported. */
    public synchronized SenderEvents events() {
        return events;
    }

    /**
     * A state to be written.
     *
     * @param state null if the sender was forgotten
     */
    public record TrustEntry(IpPrefix origin, @Nullable TrustState state) {}

    /** The state of a sender; {@link TrustState#UNKNOWN} if it was never caught. */
    public synchronized TrustState find(IpPrefix origin) {
        byte[] encoded = states.get(origin);
        return encoded == null ? TrustState.UNKNOWN : TrustState.decode(encoded);
    }

    /** Records a refused transaction that counts. */
    public synchronized TrustChange recordCatch(IpPrefix origin, CaughtEnvelopes caught, boolean reachesThreshold) {
        TrustState before = find(origin);
        CaughtTransaction transaction = new CaughtTransaction(
                caught.at(), caught.hashes(), caught.nullReversePath(), reachesThreshold, false, false, coverage);
        TrustOutcome outcome = rules.recordCatch(before, transaction);
        put(origin, before, outcome.state(), outcome.change());
        return outcome.change();
    }

    /**
     * Records a visit to a primary, and first of all for the other senders that have its envelope.
     *
     * @param listed how the client is listed if it has no state; null if it is not listed
     */
    public synchronized VisitVerdict recordVisit(TrustVisit visit, @Nullable Listing listed) {
        boolean fromNetwork = recordForOthers(visit);
        TrustState before = find(visit.client());
        TrustState known = before;
        if (before.isUnknown()) {
            if (listed == null && !fromNetwork) {
                return VisitVerdict.DUNNO;
            }
            known = listed == null
                    ? before
                    : rules.fromOldListing(listed.since(), listed.until(), visit.at())
                            .state();
        }
        VisitOutcome outcome = rules.recordVisit(known, envelopeVisit(visit, fromNetwork));
        boolean notPutOff = outcome.verdict() == VisitVerdict.DEFER && !visit.mayDefer();
        TrustState after = notPutOff ? outcome.state().withDeferred(known.deferred()) : outcome.state();
        put(visit.client(), before, after, outcome.change());
        return outcome.verdict();
    }

    private EnvelopeVisit envelopeVisit(TrustVisit visit, boolean fromNetwork) {
        return new EnvelopeVisit(
                visit.at(), visit.envelope(), visit.nullReversePath(), visit.result(), fromNetwork, coverage);
    }

    /** Returns whether a neighbor of the client was cleared by this visit. */
    private boolean recordForOthers(TrustVisit visit) {
        boolean fromNetwork = false;
        for (IpPrefix other : holders.find(visit.envelope())) {
            if (other.equals(visit.client())) {
                continue;
            }
            TrustState before = find(other);
            TrustOutcome outcome;
            if (EnvelopeHolders.isSameNetwork(other, visit.client())) {
                outcome = rules.recordReturnFromNetwork(before, envelopeVisit(visit, false));
                fromNetwork |= outcome.change().cause() == TrustCause.RETURNED_FROM_NETWORK;
            } else {
                outcome = rules.recordReturnElsewhere(before, envelopeVisit(visit, false));
            }
            put(other, before, outcome.state(), outcome.change());
        }
        return fromNetwork;
    }

    /** Records that a primary reported something; see {@link ReportCoverage}. */
    public synchronized void recordReport(long at) {
        coverage = coverage.withReport(at);
    }

    /** When a return could have been seen. */
    public synchronized ReportCoverage coverage() {
        return coverage;
    }

    /** Continues with what was seen before a restart. */
    public synchronized void loadCoverage(ReportCoverage earlier) {
        ReportCoverage later = coverage;
        coverage = later.lastReportAt() == Long.MIN_VALUE
                ? earlier
                : earlier.withReport(later.since()).withReport(later.lastReportAt());
    }

    /** Takes over a listing of a version without tiers, if there is room; without a state, it is a suspect too. */
    public synchronized void addOldListing(IpPrefix origin, long since, long until, long at) {
        TrustState before = find(origin);
        if (before.isUnknown() && states.size() < capacity) {
            put(origin, before, rules.fromOldListing(since, until, at).state());
        }
    }

    /** Merges what another node knows of a sender, with the same {@link org.decoymx.sighting.EnvelopeKey} or not. */
    public synchronized void merge(IpPrefix origin, TrustState other, boolean sameKey, long at) {
        TrustState before = find(origin);
        TrustState known = sameKey ? other : rules.fromOtherKey(other, at).state();
        put(origin, before, before.isUnknown() ? known : before.mergedWith(known));
    }

    /** Drops the envelopes of all senders, because they were hashed with another key. */
    public synchronized void dropEnvelopes(long at) {
        for (IpPrefix origin : new ArrayList<>(states.keySet())) {
            TrustState before = find(origin);
            put(origin, before, rules.fromOtherKey(before, at).state());
        }
    }

    /** Forgets a sender. */
    public synchronized void forget(IpPrefix origin) {
        byte[] encoded = states.remove(origin);
        if (encoded != null) {
            holders.replace(origin, TrustState.decode(encoded).caught(), EnvelopeMemory.EMPTY);
            changed.add(origin);
        }
    }

    private void put(IpPrefix origin, TrustState before, TrustState after, TrustChange change) {
        put(origin, before, after);
        events.recordChange(origin, change);
    }

    private void put(IpPrefix origin, TrustState before, TrustState after) {
        if (after.equals(before)) {
            return;
        }
        holders.replace(origin, before.caught(), after.caught());
        states.remove(origin);
        states.put(origin, after.encode());
        changed.add(origin);
        if (states.size() > capacity) {
            forget(states.keySet().iterator().next());
        }
    }

    /** Adds a state that was read from disk, unless there is a later one. */
    public synchronized void load(IpPrefix origin, TrustState state) {
        if (states.putIfAbsent(origin, state.encode()) == null) {
            holders.replace(origin, EnvelopeMemory.EMPTY, state.caught());
        }
        if (states.size() > capacity) {
            forget(states.keySet().iterator().next());
        }
    }

    /** Number of senders with a state. */
    public synchronized int size() {
        return states.size();
    }

    /** Takes the changes to be written, at most this many. */
    public synchronized List<TrustEntry> takeChanges(int max) {
        List<TrustEntry> taken = new ArrayList<>(Math.min(max, changed.size()));
        Iterator<IpPrefix> origins = changed.iterator();
        while (taken.size() < max && origins.hasNext()) {
            IpPrefix origin = origins.next();
            taken.add(new TrustEntry(origin, states.containsKey(origin) ? find(origin) : null));
            origins.remove();
        }
        return taken;
    }

    /** Puts changes back that could not be written. */
    public synchronized void restoreChanges(List<TrustEntry> changes) {
        changes.forEach(change -> changed.add(change.origin()));
    }

    /** Marks everything as changed, because the database file is new. */
    public synchronized void markAllChanged() {
        changed.addAll(states.keySet());
    }

    /** Forgets those of the next {@code max} senders whose state says no more than no knowledge at all. */
    public synchronized void sweep(long at, int max) {
        if (!sweep.hasNext() && Math.abs(at - sweptAt) >= SWEEP_INTERVAL) {
            sweep = new ArrayList<>(states.keySet()).iterator();
            sweptAt = at;
        }
        for (int i = 0; i < max && sweep.hasNext(); i++) {
            IpPrefix origin = sweep.next();
            TrustState state = find(origin);
            if (!state.isUnknown() && state.forgettableAt(rules.settings()) <= at) {
                forget(origin);
            }
        }
    }
}
