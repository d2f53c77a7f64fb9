package org.decoymx.policy;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What several nodes know of a sender, taken together: the same whatever the order of the nodes. No node changes what
 * another one knows, so what one takes back leaves a mark that covers what others know or have copied:
 *
 * <ul>
 *   <li>a return ({@link RetryProof#lastReturnAt}) makes each confirmed listing a suspicion that did not know of it;
 *   <li>a release or a clearing ({@link RetryProof#clearedSince}) ends each listing that began before, or in the same
 *       second; a release also covers the catches until then;
 *   <li>the end of a clearing ({@link RetryProof#ended}) covers the returns that its node knew of;
 *   <li>an envelope that is answered at one node is answered, as long as it is the same delivery.
 * </ul>
 */
final class TrustFold {
    private static final Comparator<Listing> STRONGEST = Comparator.comparing(Listing::tier)
            .thenComparingLong(Listing::until)
            .thenComparingLong(Listing::since);
    private static final Comparator<Listing> LATEST = Comparator.comparingLong(Listing::since)
            .thenComparingLong(Listing::until)
            .thenComparing(Listing::tier);

    private final List<TrustState> states;
    private final TrustSettings settings;
    private final @Nullable ManualDecision decision;
    /** Catches until then do not count. */
    private final long releasedAt;
    /** What ended longer than {@link TrustSettings#forgiveAfter} before does not count. */
    private final long firstCaughtLast;

    private final EnvelopeFold caught;
    private final EnvelopeFold deferred;
    private final RetryProof proof;

    /**
     * @param states that of the own node first
     * @param decision the latest decision by hand; null if there is none
     */
    TrustFold(List<TrustState> states, TrustSettings settings, @Nullable ManualDecision decision) {
        this.settings = settings;
        this.decision = decision;
        this.states = states.stream().map(this::decided).toList();
        releasedAt = this.states.stream()
                .map(TrustState::proof)
                .filter(RetryProof::isRelease)
                .mapToLong(RetryProof::clearedSince)
                .max()
                .orElse(0);
        firstCaughtLast =
                this.states.stream().mapToLong(TrustState::firstCaughtAt).max().orElse(0);
        caught = new EnvelopeFold(this.states.stream().map(TrustState::caught).toList(), releasedAt, settings);
        deferred =
                new EnvelopeFold(this.states.stream().map(TrustState::deferred).toList(), releasedAt, settings);
        RetryProof known =
                RetryProof.fold(this.states.stream().map(TrustState::proof).toList());
        long returnedAt = Math.max(caught.returnedAt(), deferred.returnedAt());
        proof = returnedAt > known.lastReturnAt() ? known.withReturn(returnedAt, settings) : known;
    }

    /** What all nodes know. */
    TrustState all() {
        List<TrustState> counted = states.stream().map(this::applyTo).toList();
        Listing byHand = counted.stream()
                .map(TrustState::listing)
                .filter(Listing::byHand)
                .max(LATEST)
                .orElse(Listing.NONE);
        Listing listing = strongest(
                counted.stream()
                        .map(TrustState::listing)
                        .filter(found -> !found.byHand() && found.tier() != Tier.NONE)
                        .filter(found -> found.since() >= byHand.until())
                        .toList(),
                byHand);
        int relapses = counted.stream()
                .mapToInt(state -> state.listing().relapses())
                .max()
                .orElse(0);
        long first = counted.stream()
                .mapToLong(TrustState::firstCaughtAt)
                .filter(at -> at > 0)
                .min()
                .orElse(0);
        // until the end of a tier set by hand, no return was recorded
        long from = listing.byHand() ? 0 : byHand.until();
        return new TrustState(
                first,
                new Listing(listing.tier(), listing.since(), listing.until(), relapses, listing.byHand()),
                proof,
                caught.all(states.get(0).caught()).since(from),
                deferred.all(states.get(0).deferred()).since(from));
    }

    /** A listing that ended before another one began is over. */
    private static Listing strongest(List<Listing> listings, Listing byHand) {
        long latest = listings.stream().mapToLong(Listing::since).max().orElse(0);
        return listings.stream()
                .filter(listing -> listing.until() > latest)
                .max(STRONGEST)
                .orElse(byHand);
    }

    /**
     * What one node knows, after what all know is applied to it: what takes back, proves or answers anything. The own
     * state becomes that, so that it stays true when the state of the other node is forgotten.
     */
    TrustState applyTo(TrustState state) {
        TrustState known = decided(state);
        Listing listing = known.listing();
        long ended = Math.max(known.firstCaughtAt(), listing.until());
        boolean forgiven =
                ended > 0 && firstCaughtLast - ended > settings.forgiveAfter().toSeconds();
        boolean covered = forgiven || known.firstCaughtAt() <= releasedAt;
        return new TrustState(
                covered ? 0 : known.firstCaughtAt(),
                forgiven && !listing.byHand() ? Listing.NONE : afterReturns(known),
                proof,
                caught.answer(known.caught()),
                deferred.answer(known.deferred()));
    }

    private Listing afterReturns(TrustState state) {
        Listing listing = state.listing();
        boolean unknown = proof.lastReturnAt() > state.proof().lastReturnAt()
                && (proof.lastReturnAt() >= listing.since() || proof.queueUntil() > listing.since());
        return (unknown && !listing.byHand() ? listing.demoted() : listing).endedBy(proof);
    }

    /** What is left of the knowledge of a node after the latest decision by hand, also if the node does not know it. */
    private TrustState decided(TrustState state) {
        if (decision == null) {
            return state;
        }
        Listing listing = state.listing();
        boolean otherDecision = listing.byHand()
                && (listing.since() < decision.at()
                        || listing.since() == decision.at()
                                && (listing.tier() != decision.tier() || listing.until() != decision.until()));
        TrustState left = otherDecision ? state.withListing(listing.ended()) : state;
        return decision.isForgotten() ? forgotten(left, decision.at()) : left;
    }

    /** What is left of the own state after its sender was forgotten by hand, perhaps at another node some time ago. */
    static TrustState forget(TrustState own, long at) {
        boolean changedLater = own.proof().lastReturnAt() > at || own.listing().since() > at;
        return changedLater ? forgotten(own, at) : own.released(at);
    }

    private static TrustState forgotten(TrustState state, long at) {
        return new TrustState(
                state.firstCaughtAt() <= at ? 0 : state.firstCaughtAt(),
                state.listing().since() <= at ? Listing.NONE : state.listing(),
                state.proof().lastReturnAt() <= at ? RetryProof.releasedAt(at) : state.proof(),
                state.caught().since(at + 1),
                state.deferred().since(at + 1));
    }

    /**
     * What the own state becomes when the rules have changed what all nodes know.
     *
     * @param before what all nodes knew
     * @param after what the rules made of it
     * @param at the time of the change
     */
    static TrustState adopt(TrustState own, TrustState before, TrustState after, long at, TrustSettings settings) {
        TrustState kept = own.withoutExpired(at, settings);
        TrustState from = before.withoutExpired(at, settings);
        TrustState to = after.withoutExpired(at, settings);
        boolean relisted = !to.listing().equals(from.listing());
        return new TrustState(
                to.firstCaughtAt() == from.firstCaughtAt() ? kept.firstCaughtAt() : to.firstCaughtAt(),
                relisted ? to.listing() : kept.listing(),
                adoptProof(kept.proof(), from, to),
                EnvelopeFold.adopt(kept.caught(), from.caught(), to.caught()),
                EnvelopeFold.adopt(kept.deferred(), from.deferred(), to.deferred()));
    }

    private static RetryProof adoptProof(RetryProof own, TrustState from, TrustState to) {
        Listing before = from.listing();
        Listing after = to.listing();
        if (to.proof().equals(RetryProof.NONE) && !from.proof().equals(RetryProof.NONE)) {
            return from.proof().ended();
        }
        if (after.equals(before)) {
            return to.proof().equals(from.proof()) ? own : to.proof();
        }
        if (before.tier().isListed() && after.tier() == Tier.NONE) {
            return to.proof().mergedWith(RetryProof.releasedAt(before.since()));
        }
        boolean demoted =
                before.tier() == Tier.CONFIRMED && !before.demoted().equals(before) && after.equals(before.demoted());
        return demoted ? to.proof().demoting(from) : to.proof();
    }

    /**
     * What the own state becomes when a catch is taken back, whichever node knows of it.
     *
     * @param all what all nodes know
     * @param at when the sender was caught
     */
    static TrustState excuse(TrustState own, TrustState all, long at, TrustRules rules) {
        if (all.isSetByHand(at)) {
            return own;
        }
        TrustState left = rules.excuse(own, at);
        boolean began = all.firstCaughtAt() == at || all.listing().since() == at;
        RetryProof proof = left.proof();
        if (began) {
            proof = proof.mergedWith(RetryProof.releasedAt(at));
        } else if (all.listing().tier() == Tier.CONFIRMED) {
            proof = proof.demoting(all);
        }
        List<RememberedEnvelope> answered = all.caught().entries().stream()
                .filter(envelope -> envelope.firstAt() == at)
                .map(envelope -> envelope.with(RememberedEnvelope.ANSWERED))
                .toList();
        return left.withProof(proof).withCaught(EnvelopeFold.add(left.caught(), answered));
    }
}
