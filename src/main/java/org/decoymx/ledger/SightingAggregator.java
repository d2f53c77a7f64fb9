package org.decoymx.ledger;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.decoymx.ledger.OpenSessions.OpenSession;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.DeliveryAttempts.ExcusedCatch;
import org.decoymx.policy.HourCounts.Counted;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.Policy;
import org.decoymx.policy.SenderEvents;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.SightingScore;
import org.decoymx.policy.SkipReason;
import org.decoymx.policy.Tier;
import org.decoymx.policy.TrustChange;
import org.decoymx.policy.TrustIndex;
import org.decoymx.policy.TrustState;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.Sighting;
import org.jspecify.annotations.Nullable;

/** Aggregates sightings into {@link PendingWrites}. Not thread-safe. */
final class SightingAggregator {
    /** How many addresses of one IPv6 /64 are senders of their own; further ones are counted for the /64. */
    static final int MAX_HOSTS_OF_NETWORK = 16;

    private final SenderIndex index;
    private final PendingWrites pendingWrites;
    private final Policy policy;
    private final Supplier<Node> ownNode;
    private final OpenSessions sessions = new OpenSessions();
    private final BusyNetworks busyNetworks = new BusyNetworks();
    private final LongAdder lost = new LongAdder();

    /**
     * @param ownNode the node of this decoy, which the file tells when it is loaded
     */
    SightingAggregator(SenderIndex index, PendingWrites pendingWrites, Policy policy, Supplier<Node> ownNode) {
        this.index = index;
        this.pendingWrites = pendingWrites;
        this.policy = policy;
        this.ownNode = ownNode;
    }

    /**
     * Adds a sighting. A later sighting of the same session adds only what is new: its traits, and the difference of
     * the points.
     */
    void aggregate(Sighting sighting) {
        IpPrefix origin = senderOf(sighting);
        if (!pendingWrites.hasRoomFor(origin)) {
            lost.increment();
            return;
        }
        long at = sighting.seenAt().getEpochSecond();
        SenderCounts earlier = findOwn(origin);
        boolean absorbed = earlier == null && busyNetworks.absorbs(origin, sighting);
        OpenSession before = sessions.find(sighting);
        // one that is absorbed is not remembered, so it counts at its end
        if (before == null && !(absorbed && sighting.outcome() == Sighting.Outcome.OPEN)) {
            policy.trust().events().hours().add(Counted.SESSIONS, at);
        }
        if (absorbed) {
            return;
        }
        SenderCounts known = earlier == null ? SenderCounts.unseen(ownNode.get(), origin, at) : earlier;
        OpenSession session =
                before == null ? OpenSessions.first(sighting, origin, firstPoints(origin, sighting)) : before;
        SightingScore scored = policy.score(sighting, session.points(), index.combineWith(known), known.score());
        session.update(sighting, scored);
        SenderCounts counts = before == null ? known.addSession(sighting) : known.updateSession(sighting);
        counts = counts.withScore(recordCatches(origin, sighting, scored, session));
        if (scored.skipReason() != null) {
            counts = counts.addSkipReason(scored.skipReason());
        }
        sessions.put(sighting, session);
        pendingWrites.put(counts, SessionEvidence.of(sighting));
    }

    /** A session that was caught before its sender was forgotten by hand, but is reported after that, is skipped. */
    private double firstPoints(IpPrefix origin, Sighting sighting) {
        boolean forgotten = sighting.caught().stream()
                .anyMatch(caught -> policy.trust().manual().isForgotten(origin, caught.at()));
        return forgotten ? SightingScore.SKIPPED : 0;
    }

    /**
     * Counts a transaction that was excused before. Its session is counted already, and gets its points once, however
     * many of its transactions count.
     */
    void scoreAfterAll(Sighting sighting) {
        OpenSession session = sessions.findExcused(sighting);
        IpPrefix origin = senderOf(sighting);
        SenderCounts known = findOwn(origin);
        if (session != null && known != null && pendingWrites.hasRoomFor(origin)) {
            SightingScore scored = policy.score(sighting, session.points(), index.combineWith(known), known.score());
            session.update(sighting, scored);
            pendingWrites.put(known.withScore(recordCatches(origin, sighting, scored, session)), null);
        }
    }

    /** The sessions of an address, or of all addresses of a network, give no points any more. */
    void skipSessions(IpPrefix network) {
        sessions.skip(network);
    }

    private IpPrefix senderOf(Sighting sighting) {
        IpPrefix host = IpPrefix.hostNetworkOf(sighting.address());
        boolean known = pendingWrites.find(host) != null || index.contains(host);
        return !host.v6() || known || hasRoomAround(host) ? host : host.neighborhood();
    }

    private boolean hasRoomAround(IpPrefix host) {
        long uncommitted = pendingWrites.addressesOf(host.neighborhood()).stream()
                .filter(address -> !index.contains(address))
                .count();
        return index.hasRoomAround(host, (int) uncommitted);
    }

    /** Records the refused transactions of a session that counts, and returns the score with the listing after that. */
    private SenderScore recordCatches(IpPrefix origin, Sighting sighting, SightingScore scored, OpenSession session) {
        TrustIndex trust = policy.trust();
        if (scored.skipReason() != null) {
            trust.events().recordSkipped(origin, scored.skipReason());
        } else if (sighting.isQualifyingConversation() && scored.sessionPoints() != SightingScore.SKIPPED) {
            recordQualifying(origin, sighting, scored, session);
        }
        TrustState state = trust.find(origin);
        return state.isUncaught() ? scored.score() : scored.score().withListing(state, sighting.seenAt());
    }

    /** A session may list the sender by itself, or together with earlier ones, or only at its end. */
    private void recordQualifying(IpPrefix origin, Sighting sighting, SightingScore scored, OpenSession session) {
        IpPrefix address = IpPrefix.hostNetworkOf(sighting.address());
        scored.counted().forEach(counted -> policy.attempts().recordCatch(origin, address, counted));
        List<CaughtEnvelopes> caught = session.takeCaught(scored.counted());
        double threshold = policy.settings().threshold();
        boolean reachesThreshold = scored.sessionPoints() >= threshold;
        SenderEvents events = policy.trust().events();
        if (!reachesThreshold && !scored.score().isListed(sighting.seenAt())) {
            session.keepCaught(caught);
            if (!scored.counted().isEmpty()) {
                events.recordBelowThreshold(origin, scored.sessionPoints(), threshold);
            }
            return;
        }
        TrustChange latest = null;
        for (CaughtEnvelopes transaction : caught) {
            boolean suspectOnly = policy.isSuspectOnly(transaction.at());
            latest = policy.trust().recordCatch(origin, transaction, reachesThreshold, suspectOnly);
        }
        if (latest != null) {
            events.recordCatch(origin, scored.sessionPoints(), latest, session.isFirstCatch());
        }
    }

    /** The own counts of a sender, committed or not; null for none. */
    @Nullable
    SenderCounts findOwn(IpPrefix origin) {
        SenderCounts pending = pendingWrites.find(origin);
        return pending == null ? index.findCounts(ownNode.get(), origin) : pending;
    }

    /** Delists a sender and removes its points, with the reason; its trust state hides the scores of other nodes. */
    void delist(IpPrefix origin, SkipReason reason) {
        SenderCounts counts = findOwn(origin);
        if (counts != null && pendingWrites.hasRoomFor(origin)) {
            pendingWrites.put(counts.withScore(SenderScore.NONE).addSkipReason(reason), null);
            policy.trust().events().recordWithdrawn(origin, reason);
        }
    }

    /** Lists or delists a sender as it was decided by hand; it need not have come here. See {@link ManualChanges}. */
    void applyDecision(IpPrefix origin, ManualDecision decision, long listedBy) {
        SenderCounts known = findOwn(origin);
        SenderCounts counts = known == null ? SenderCounts.unseen(ownNode.get(), origin, decision.at()) : known;
        TrustState state = policy.trust().find(origin);
        SenderCounts decided = decision.isForgotten()
                ? counts.forgottenIfListedBy(listedBy)
                : counts.withScore(counts.score().withListing(state, Instant.ofEpochSecond(decision.at())));
        pendingWrites.put(decided, null);
    }

    /**
     * Takes a catch back. If the listing began with it, the sender is delisted and its points are removed; so it is if
     * it has points, but no listing yet.
     */
    void excuse(ExcusedCatch caught) {
        boolean ended = policy.trust().excuse(caught.sender(), caught.at());
        TrustState state = policy.trust().find(caught.sender());
        if (state.isUncaught()) {
            policy.trust().release(caught.sender(), caught.at());
        }
        boolean delisted = ended
                || state.isUncaught()
                || state.firstCaughtAt() == 0 && !state.listing().byHand();
        if (delisted) {
            delist(caught.sender(), SkipReason.WITNESSED);
        }
        sessions.excuse(caught.sender(), caught.at(), delisted);
    }

    /**
     * Ends the listings of senders that were cleared or delisted: they stay unlisted when their trust states are
     * forgotten. A sender that was only imported gets counts of this node.
     */
    void delistCleared(Collection<TrustIndex.TrustEntry> changed, long at) {
        for (TrustIndex.TrustEntry entry : changed) {
            TrustState state = entry.state();
            if (state != null
                    && (state.tierAt(at) == Tier.CLEARED
                            || state.proof().clearedSince() > 0
                                    && !state.tierAt(at).isListed())) {
                endListing(entry.origin());
            }
        }
    }

    /** Ends a listing, and keeps the points. */
    private void endListing(IpPrefix origin) {
        SenderCounts own = findOwn(origin);
        List<SenderCounts> known = own == null ? index.findAll(origin) : List.of(own);
        if (known.isEmpty() || !pendingWrites.hasRoomFor(origin)) {
            return;
        }
        if (own == null) {
            pendingWrites.put(SenderCounts.imported(ownNode.get(), known.get(0)), null);
        } else if (own.score().listedUntil() > 0) {
            pendingWrites.put(own.withScore(own.score().notListed()), null);
        }
    }

    /** Number of sightings that were counted for their /48 only. */
    long absorbedCount() {
        return busyNetworks.absorbedCount();
    }

    /** Number of sightings that were dropped because the file could not be used for too long. */
    long lostCount() {
        return lost.sum();
    }
}
