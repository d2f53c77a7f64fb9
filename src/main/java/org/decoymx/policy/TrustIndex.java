package org.decoymx.policy;

import java.util.List;
import java.util.function.UnaryOperator;
import org.decoymx.net.IpPrefix;
import org.decoymx.sighting.CaughtEnvelopes;
import org.jspecify.annotations.Nullable;

/**
 * The trust states of the senders that were caught, in memory, so that a primary is answered without a disk. The ledger
 * writes the changes and loads them at the start. Thread-safe; each call holds the lock for some microseconds, or for
 * one slice of changes. When it is full, it forgets a sender of the network that has most; see {@link TrustStates}.
 */
public final class TrustIndex {
    private final TrustRules rules;
    private final SenderEvents events;
    private final ManualDecisions manual = new ManualDecisions();
    private final TrustStates states;
    private final TrustVisits visits;
    private final TrustSweep sweep;
    private final PrimaryReports reports = new PrimaryReports();
    private final PublishedVersion publishedVersion = new PublishedVersion();

    /**
     * An index that uses a sixth of the heap at most.
     *
     * @param events gets the changes of tiers
     */
    public TrustIndex(TrustRules rules, SenderEvents events) {
        this(rules, events, TrustStates.capacityOfHeap());
    }

    TrustIndex(TrustRules rules, SenderEvents events, int capacity) {
        this.rules = rules;
        this.events = events;
        states = new TrustStates(capacity, manual, rules);
        visits = new TrustVisits(rules, states, manual, reports, events);
        sweep = new TrustSweep(states, rules, events);
    }

    /** Where events are reported. */
    public SenderEvents events() {
        return events;
    }

    /** A state to be written; null if the sender was forgotten. */
    public record TrustEntry(IpPrefix origin, @Nullable TrustState state) {}

    /** The rules by which states change. */
    public TrustRules rules() {
        return rules;
    }

    /**
     * The state of a sender, as all nodes together know it; {@link TrustState#UNKNOWN} if it was never caught. See
     * {@link TrustFold}.
     */
    public synchronized TrustState find(IpPrefix origin) {
        return states.findWithDoubt(origin);
    }

    /** The part of the state that this node knows itself, which other nodes do not change. */
    public synchronized TrustState own(IpPrefix origin) {
        return states.own(origin);
    }

    /** Replaces what another node knows of a sender; null for nothing. */
    public synchronized void putRemote(String node, IpPrefix origin, @Nullable TrustState state) {
        states.putRemote(node, origin, state);
    }

    /**
     * Lists a sender whose points reach the threshold only together with those of other nodes; see
     * {@link Policy#findThresholdCrossing}. Each node that finds it records the same.
     *
     * @param at when it did, in seconds since 1970
     */
    public synchronized void recordThreshold(IpPrefix origin, long at) {
        TrustState before = states.find(origin);
        TrustOutcome outcome = rules.recordThreshold(before, at);
        put(origin, before, outcome.state(), outcome.change());
    }

    /** Whether a sender of an IPv4 /24 or an IPv6 /64 is cleared. */
    public synchronized boolean hasCleared(IpPrefix network, long at) {
        return states.hasCleared(network, at);
    }

    /** Records a refused transaction that counts; {@link CaughtTransaction} says what the parameters mean. */
    public synchronized TrustChange recordCatch(
            IpPrefix origin, CaughtEnvelopes caught, boolean reachesThreshold, boolean suspectOnly) {
        TrustState before = states.find(origin);
        CaughtTransaction transaction = new CaughtTransaction(
                caught.at(),
                caught.hashes(),
                caught.nullReversePath(),
                reachesThreshold,
                suspectOnly || !origin.isAddress(),
                reports.coverage());
        TrustOutcome outcome = rules.recordCatch(before, transaction);
        put(origin, before, outcome.state(), outcome.change());
        return outcome.change();
    }

    /** Records a visit to a primary; see {@link TrustVisits#record}. */
    public synchronized VisitVerdict recordVisit(TrustVisit visit, @Nullable Listing listed) {
        return visits.record(visit, listed);
    }

    /** Records a visit to a primary that has asked another node; see {@link TrustVisits#recordShared}. */
    public synchronized void recordShared(TrustVisit visit, boolean forAll) {
        visits.recordShared(visit, forAll);
    }

    /** Records the end of a message at a primary; see {@link TrustRules#recordEndOfMessage}. */
    public synchronized void recordEndOfMessage(IpPrefix client, long at) {
        TrustState before = states.find(client);
        states.put(client, before, rules.recordEndOfMessage(before, at));
    }

    /** Takes a catch back; see {@link TrustRules#excuse}. Returns whether a listing ended. */
    public synchronized boolean excuse(IpPrefix origin, long at) {
        TrustState own = own(origin);
        TrustState before = find(origin);
        states.excuse(origin, at);
        boolean ended = before.tierAt(at).isListed() && !find(origin).tierAt(at).isListed();
        return ended || own.tierAt(at).isListed() && !own(origin).tierAt(at).isListed();
    }

    /** Takes own catches since an outage began here back; see {@link TrustRules#takeBackSince}. */
    public synchronized void takeBackSince(IpPrefix origin, long since) {
        TrustState before = own(origin);
        states.put(origin, before, rules.takeBackSince(before, since));
    }

    /** When the primaries reported something. */
    public PrimaryReports reports() {
        return reports;
    }

    /** The version of the blocklist, which is stored with the states. */
    public PublishedVersion publishedVersion() {
        return publishedVersion;
    }

    /** Takes over a listing of a version without tiers, if there is room; without a state, it is a suspect too. */
    public synchronized void addOldListing(IpPrefix origin, long since, long until, long at) {
        TrustState before = find(origin);
        if (before.isUnknown() && !states.isFull()) {
            states.putOwn(origin, rules.fromOldListing(since, until, at));
        }
    }

    /** Merges what another node knows of a sender, with the same {@link org.decoymx.sighting.EnvelopeKey} or not. */
    public synchronized void merge(IpPrefix origin, TrustState other, boolean sameKey, long at) {
        states.putOwn(origin, merged(origin, other, sameKey, at));
    }

    /** What this node would know after {@link #merge}. */
    public synchronized TrustState merged(IpPrefix origin, TrustState other, boolean sameKey, long at) {
        TrustState known = sameKey ? other : rules.fromOtherKey(other, at);
        return own(origin).withImported(known, at);
    }

    /** Drops the envelopes of all senders, because they were hashed with another key. */
    public synchronized void dropEnvelopes(long at) {
        states.origins().forEach(origin -> updateOwn(origin, before -> rules.fromOtherKey(before, at)));
    }

    /** What was decided by hand. */
    public ManualDecisions manual() {
        return manual;
    }

    /** Puts a sender into a tier by hand, or forgets it. */
    public synchronized void decide(IpPrefix origin, ManualDecision made) {
        TrustState before = find(origin);
        states.decide(origin, made);
        if (!made.isForgotten()) {
            events.recordChange(origin, TrustRules.change(before, find(origin), TrustCause.SET_BY_HAND, made.at()));
        }
    }

    /** Ends the listing of a sender, also where it is imported from. */
    public synchronized void release(IpPrefix origin, long at) {
        updateOwn(origin, before -> before.released(at));
    }

    /** Forgets a sender. */
    public synchronized void forget(IpPrefix origin) {
        states.forget(origin);
    }

    private void put(IpPrefix origin, TrustState before, TrustState after, TrustChange change) {
        states.put(origin, before, after);
        events.recordChange(origin, change);
    }

    private void updateOwn(IpPrefix origin, UnaryOperator<TrustState> change) {
        states.putOwn(origin, change.apply(own(origin)));
    }

    /** Adds a state that was read from disk, unless there is a later one. */
    public synchronized void load(IpPrefix origin, TrustState state) {
        states.load(origin, state);
    }

    /** Number of senders with a state. */
    public synchronized int size() {
        return states.size();
    }

    /** Takes the changes to be written, at most this many. */
    public synchronized List<TrustEntry> takeChanges(int max) {
        return states.takeChanges(max);
    }

    /** Puts changes back that could not be written. */
    public synchronized void restoreChanges(List<TrustEntry> changes) {
        states.restoreChanges(changes);
    }

    /** The senders with a state. */
    public synchronized List<IpPrefix> origins() {
        return states.origins();
    }

    /** Corrects times of a slice of the senders that were recorded while the clock was ahead. */
    public synchronized void limitTimes(List<IpPrefix> origins, TimeLimit limit) {
        origins.forEach(origin -> updateOwn(origin, limit::apply));
    }

    /** Looks at the next {@code max} senders; see {@link TrustSweep#next}. */
    public synchronized void sweep(long at, long trustedAt, int max) {
        sweep.next(at, trustedAt, max);
    }
}
