package org.decoymx.policy;

import it.unimi.dsi.fastutil.longs.LongList;
import org.jspecify.annotations.Nullable;

/**
 * Suspicion first, proof by retry: who queues deferred mail and retries it, as RFC 5321 section 4.5.4 asks of a mail
 * server, is never rejected; at worst one message is late.
 *
 * <pre>
 *             first catch                  new envelope, an earlier one abandoned
 *   NONE ----------------------> SUSPECT -----------------------------------------> CONFIRMED
 *    ^ ttl is over                 |  ^   return to the decoy                           |
 *    +-----------------------------+  +-------------------------------------------------+
 *                                  | return to a primary                                |
 *   CLEARED &lt;-----------------------+----------------------------------------------------+
 *    | its time is over: NONE; three envelopes abandoned after its first day: SUSPECT
 * </pre>
 *
 * <p>An envelope is a reverse-path with a recipient; see {@link org.decoymx.sighting.Envelope}. All functions are pure:
 * they take a state
 * and return the next one. Times are seconds since 1970 and may be a little out of order.
 */
public final class TrustRules {
    private final TrustSettings settings;
    private final CatchRules catchRules;
    private final VisitRules visitRules;

    /** Rules with these times. */
    public TrustRules(TrustSettings settings) {
        this.settings = settings;
        this.catchRules = new CatchRules(settings);
        this.visitRules = new VisitRules(settings);
    }

    /** The times. */
    public TrustSettings settings() {
        return settings;
    }

    /** After a catch that counts. */
    public TrustOutcome recordCatch(TrustState state, CaughtTransaction caught) {
        return catchRules.apply(state, caught);
    }

    /** After catches at several nodes that only together have enough points: a suspect, at each node that finds it. */
    TrustOutcome recordThreshold(TrustState state, long at) {
        return catchRules.apply(
                state, new CaughtTransaction(at, LongList.of(), false, false, true, ReportCoverage.NONE));
    }

    /**
     * Takes a catch back, because the sender had been put off at a primary before. A listing that began with it ends;
     * another one goes on, but as that of a suspect. What cleared the sender stays.
     *
     * @param at when the sender was caught
     */
    public TrustState excuse(TrustState state, long at) {
        if (state.isSetByHand(at)) {
            return state;
        }
        if (state.firstCaughtAt() == at) {
            RetryProof proof = state.proof();
            boolean cleared = proof.clearedUntil() > proof.clearedSince();
            return cleared ? TrustState.UNKNOWN.withProof(proof) : TrustState.UNKNOWN;
        }
        Listing listing = state.listing();
        return state.withListing(listing.since() == at ? listing.ended() : listing.demoted())
                .withCaught(state.caught().without(envelope -> envelope.firstAt() == at));
    }

    /**
     * Takes back what catches since a time have shown, because a primary was down: their envelopes are abandoned by
     * nobody, and who was confirmed since then is a suspect again.
     */
    public TrustState takeBackSince(TrustState state, long since) {
        Listing listing = state.listing();
        if (listing.byHand()) {
            return state;
        }
        EnvelopeMemory caught =
                state.caught().mark(RememberedEnvelope.ANSWERED, envelope -> envelope.firstAt() >= since);
        boolean confirmedSince = listing.tier() == Tier.CONFIRMED
                && listing.until() - settings.confirmedSeconds(listing.relapses()) >= since;
        return state.withCaught(caught).withListing(confirmedSince ? listing.demoted() : listing);
    }

    /**
     * After a visit of this sender to a primary. Call {@link #recordReturnFromNetwork} for the other senders that have
     * the envelope before, as their result is part of the visit.
     */
    public VisitOutcome recordVisit(TrustState state, EnvelopeVisit visit) {
        return visitRules.apply(state, visit);
    }

    /**
     * After the end of a message of this sender at a primary that asks the policy service. A confirmed sender is
     * deferred at each recipient, so some answer came too late, and its message was let in: it has nothing to retry.
     */
    public TrustState recordEndOfMessage(TrustState state, long at) {
        return state.tierAt(at) == Tier.CONFIRMED ? visitRules.doubtDeferrals(state, at) : state;
    }

    /**
     * After a visit to a primary with an envelope of this sender, from another address in its network (the same /24, or
     * /64 for IPv6): they share a queue, so this sender is cleared as by its own return. If it was none, the state is
     * unchanged.
     */
    public TrustOutcome recordReturnFromNetwork(TrustState state, EnvelopeVisit visit) {
        RememberedEnvelope envelope = state.caught().find(visit.envelope());
        if (envelope == null || !settings.isReturn(envelope, visit.at())) {
            boolean accepted = visit.result() != VisitResult.DEFERRED && state.tierAt(visit.at()) == Tier.CLEARED;
            return answer(state, visit, accepted);
        }
        TrustState returned = visitRules.apply(state, visit).state();
        TrustState after = returned.withProof(returned.proof().provedByNeighbor(visit.at()));
        return new TrustOutcome(after, change(state, after, TrustCause.RETURNED_FROM_NETWORK, visit.at()));
    }

    /**
     * After a visit to a primary with an envelope of this sender, from an address elsewhere: a pool of servers, or mail
     * that was sent twice. The envelope is answered, and so not abandoned, at the decoy and at a primary; it clears
     * nobody. If it was none, the state is unchanged.
     */
    public TrustOutcome recordReturnElsewhere(TrustState state, EnvelopeVisit visit) {
        return answer(state, visit, false);
    }

    /** The envelope is not abandoned, if it did not come at once; for a cleared sender it may. */
    private TrustOutcome answer(TrustState state, EnvelopeVisit visit, boolean evenAtOnce) {
        RememberedEnvelope caught = findRetried(state.caught(), visit, evenAtOnce);
        RememberedEnvelope deferred = findRetried(state.deferred(), visit, evenAtOnce);
        if (caught == null && deferred == null) {
            return new TrustOutcome(state, change(state, state, TrustCause.VISITED_PRIMARY, visit.at()));
        }
        TrustState after = state;
        if (caught != null) {
            after = after.withCaught(after.caught().replace(caught.with(RememberedEnvelope.ANSWERED)));
        }
        if (deferred != null) {
            after = after.withDeferred(after.deferred().replace(deferred.with(RememberedEnvelope.ANSWERED)));
        }
        return new TrustOutcome(after, change(state, after, TrustCause.ANSWERED_ELSEWHERE, visit.at()));
    }

    private @Nullable RememberedEnvelope findRetried(EnvelopeMemory memory, EnvelopeVisit visit, boolean evenAtOnce) {
        RememberedEnvelope envelope = memory.find(visit.envelope());
        return envelope != null && (evenAtOnce || settings.isRetry(envelope, visit.at())) ? envelope : null;
    }

    /** What ended by itself between two times. */
    TrustChange expire(TrustState state, long since, long at) {
        TrustState after = state.withoutExpired(at, settings);
        return new TrustChange(state.tierAt(since), after.tierAt(at), TrustCause.EXPIRED, at, after.tierEndsAt(at));
    }

    /**
     * Sets the tier by hand. Until its end nothing else changes it; a confirmed sender is then rejected at once.
     *
     * @param tier not {@link Tier#NONE}: to forget a sender, replace its state by {@link TrustState#UNKNOWN}
     * @throws IllegalArgumentException if the tier is NONE, or the end is not after the beginning
     */
    public TrustState setByHand(TrustState state, Tier tier, long at, long until) {
        if (tier == Tier.NONE || until <= at) {
            throw new IllegalArgumentException("a tier set by hand is suspect, confirmed or cleared, and ends later");
        }
        return state.withListing(new Listing(tier, at, until, state.listing().relapses(), true));
    }

    /** A listing of a version without tiers: a suspect, for at most the {@code ttl} from now. */
    public TrustState fromOldListing(long listedSince, long listedUntil, long at) {
        long until = Math.min(listedUntil, at + settings.ttl().toSeconds());
        return new TrustState(
                listedSince,
                new Listing(Tier.SUSPECT, listedSince, until, 0, false),
                RetryProof.NONE,
                EnvelopeMemory.EMPTY,
                EnvelopeMemory.EMPTY);
    }

    /**
     * A state from a node with another {@link org.decoymx.sighting.EnvelopeKey}: its envelopes are dropped. They could
     * never return here, so a confirmed sender is only a suspect.
     */
    public TrustState fromOtherKey(TrustState state, long at) {
        TrustState dropped = state.withCaught(EnvelopeMemory.EMPTY).withDeferred(EnvelopeMemory.EMPTY);
        return state.isSetByHand(at)
                ? dropped
                : dropped.withListing(state.listing().demoted());
    }

    /**
     * A state from a node of another organization: what was decided there by hand is a listing like any other, and none
     * lasts longer than the maximum.
     *
     * @param seenAt when the sender was last seen there
     */
    public TrustState fromOtherOrganization(TrustState state, long seenAt) {
        Listing found = state.listing().notByHand();
        long until = Math.min(found.until(), latestEnd(found.since(), seenAt));
        return state.withListing(new Listing(found.tier(), found.since(), until, found.relapses(), false));
    }

    /** The score from a node of another organization, with the same limit. */
    public SenderScore fromOtherOrganization(SenderScore score, long seenAt) {
        return new SenderScore(
                score.points(),
                score.scoredAt(),
                score.offences(),
                score.listedSince(),
                Math.min(score.listedUntil(), latestEnd(score.listedSince(), seenAt)),
                score.peaks());
    }

    /** A listing goes on from its beginning, or from what the sender did later. */
    private long latestEnd(long since, long seenAt) {
        return Math.max(since, seenAt) + settings.maxTtl().toSeconds();
    }

    static TrustChange change(TrustState before, TrustState after, TrustCause cause, long at) {
        return new TrustChange(before.tierAt(at), after.tierAt(at), cause, at, after.tierEndsAt(at));
    }
}
