package org.decoymx.policy;

/** What a visit to a primary does to a sender that was caught, and what the primary is told. */
final class VisitRules {
    /** How long a message may take after its first recipient, in seconds. */
    private static final long MAX_SESSION = 3_600;

    private final TrustSettings settings;

    VisitRules(TrustSettings settings) {
        this.settings = settings;
    }

    /** A state with the reason for its last change. */
    private record Step(TrustState state, TrustCause cause) {}

    VisitOutcome apply(TrustState state, EnvelopeVisit visit) {
        TrustState before = state.withoutExpired(visit.at(), settings);
        if (before.isSetByHand(visit.at())) {
            return new VisitOutcome(
                    before,
                    verdictByHand(before.listing().tier()),
                    TrustRules.change(before, before, TrustCause.SET_BY_HAND, visit.at()));
        }
        Step returned = recognizeReturn(before, visit);
        VisitVerdict verdict = verdict(returned.state(), visit);
        TrustState settled = settle(returned.state(), visit, verdict);
        TrustState after = recordDeferral(settled, visit, verdict);
        return new VisitOutcome(after, verdict, TrustRules.change(before, after, returned.cause(), visit.at()));
    }

    private static VisitVerdict verdictByHand(Tier tier) {
        return switch (tier) {
            case CONFIRMED -> VisitVerdict.REJECT;
            case SUSPECT -> VisitVerdict.DEFER;
            default -> VisitVerdict.DUNNO;
        };
    }

    /** The very retry that proves a queue clears the sender, before the answer is given. */
    private Step recognizeReturn(TrustState state, EnvelopeVisit visit) {
        long at = visit.at();
        RememberedEnvelope caught = state.caught().find(visit.envelope());
        if (caught != null && settings.isReturn(caught, at)) {
            TrustState marked =
                    state.withCaught(state.caught().replace(caught.seenAgain(at).with(RememberedEnvelope.RETURNED)));
            return proveByCaught(marked, visit, TrustCause.RETURNED_TO_PRIMARY);
        }
        if (visit.returnsFromNetwork()) {
            return proveByCaught(state, visit, TrustCause.RETURNED_FROM_NETWORK);
        }
        return proveByDeferred(state, visit, TrustCause.VISITED_PRIMARY);
    }

    /**
     * One retry of a caught envelope is cheap, so after a relapse it is not enough: the sender is not rejected, but
     * cleared only when it also comes back after a deferral at the primary.
     */
    private Step proveByCaught(TrustState state, EnvelopeVisit visit, TrustCause cause) {
        boolean relapsed = state.listing().relapses() > 0 && state.tierAt(visit.at()) != Tier.CLEARED;
        if (!relapsed) {
            return new Step(clear(state, visit, true), cause);
        }
        return proveByDeferred(showQueue(state, visit), visit, cause);
    }

    private Step proveByDeferred(TrustState state, EnvelopeVisit visit, TrustCause otherCause) {
        long at = visit.at();
        RememberedEnvelope deferred = state.deferred().find(visit.envelope());
        if (deferred == null || !settings.isReturn(deferred, at)) {
            return new Step(state, otherCause);
        }
        TrustState marked = state.withDeferred(
                state.deferred().replace(deferred.seenAgain(at).with(RememberedEnvelope.RETURNED)));
        if (settings.isReturnAfterDeferral(deferred, at)) {
            return new Step(clear(marked, visit, false), TrustCause.RETURNED_AFTER_DEFERRAL);
        }
        return new Step(showQueue(marked, visit), TrustCause.RETURNED_SOON_AFTER_DEFERRAL);
    }

    private TrustState showQueue(TrustState state, EnvelopeVisit visit) {
        return state.withProof(state.proof().withReturn(visit.at(), settings))
                .withListing(state.listing().demoted());
    }

    private TrustState clear(TrustState state, EnvelopeVisit visit, boolean mayBeFull) {
        return state.withProof(state.proof().withClearing(visit.envelope(), visit.at(), mayBeFull, settings))
                .withListing(state.listing().ended());
    }

    /**
     * A message that was accepted or refused for good will not come back, and one that comes again, however late, is
     * not abandoned. Soon after its catch this says nothing, as spamware tries several servers at once.
     */
    private TrustState settle(TrustState state, EnvelopeVisit visit, VisitVerdict verdict) {
        boolean letIn = visit.result() == VisitResult.ASKED && verdict == VisitVerdict.DUNNO;
        boolean isFinal = visit.result().isFinal();
        boolean cleared = state.tierAt(visit.at()) == Tier.CLEARED;
        RememberedEnvelope caught = state.caught().find(visit.envelope());
        boolean retried = caught != null && settings.isRetry(caught, visit.at());
        TrustState settled = state;
        if (retried || cleared && (letIn || isFinal)) {
            settled = state.withCaught(settle(state.caught(), visit));
        }
        return letIn || isFinal ? settled.withDeferred(settle(settled.deferred(), visit)) : settled;
    }

    private static EnvelopeMemory settle(EnvelopeMemory memory, EnvelopeVisit visit) {
        RememberedEnvelope envelope = memory.find(visit.envelope());
        if (envelope == null) {
            return memory;
        }
        return visit.result().isFinal() && !visit.shared()
                ? memory.forget(visit.envelope())
                : memory.replace(envelope.with(RememberedEnvelope.ANSWERED));
    }

    /**
     * No 5xx before an abandoned 4xx: who shares an address with spamware, or is confirmed by mistake, has one deferral
     * in which to show its queue.
     */
    private VisitVerdict verdict(TrustState state, EnvelopeVisit visit) {
        return switch (state.tierAt(visit.at())) {
            case NONE, CLEARED -> VisitVerdict.DUNNO;
            case SUSPECT -> VisitVerdict.DEFER;
            case CONFIRMED -> hasAbandonedDeferral(state, visit) ? VisitVerdict.REJECT : VisitVerdict.DEFER;
        };
    }

    private boolean hasAbandonedDeferral(TrustState state, EnvelopeVisit visit) {
        for (RememberedEnvelope envelope : state.deferred().entries()) {
            if (envelope.hash() != visit.envelope()
                    && !envelope.has(RememberedEnvelope.NULL_REVERSE_PATH | RememberedEnvelope.PERHAPS_REFUSED)
                    && settings.isAbandoned(envelope, visit.at(), visit.coverage())) {
                return true;
            }
        }
        return false;
    }

    /** Remembers what is put off while the sender is listed, so that its return can be recognized. */
    private TrustState recordDeferral(TrustState state, EnvelopeVisit visit, VisitVerdict verdict) {
        boolean deferredByUs = visit.result() == VisitResult.ASKED && verdict == VisitVerdict.DEFER;
        boolean deferredByOthers = visit.result() == VisitResult.DEFERRED && verdict != VisitVerdict.DUNNO;
        if (visit.shared() || !deferredByUs && !deferredByOthers) {
            return state;
        }
        boolean sure = deferredByOthers || isSurelyDeferred(state, visit);
        RememberedEnvelope known = state.deferred().find(visit.envelope());
        EnvelopeMemory memory = known == null
                ? state.deferred().remember(visit.envelope(), visit.at(), visit.nullReversePath())
                : state.deferred().replace(seenAgain(known, visit));
        RememberedEnvelope latest = memory.find(visit.envelope());
        return latest == null
                ? state.withDeferred(memory)
                : state.withDeferred(memory.replace(
                        sure
                                ? latest.without(RememberedEnvelope.PERHAPS_REFUSED)
                                : latest.with(RememberedEnvelope.PERHAPS_REFUSED)));
    }

    /** Deferrals that may be of the session that goes on now were perhaps not given. */
    TrustState doubtDeferrals(TrustState state, long at) {
        return state.withDeferred(state.deferred()
                .mark(RememberedEnvelope.PERHAPS_REFUSED, envelope -> at - envelope.lastAt() <= MAX_SESSION));
    }

    private RememberedEnvelope seenAgain(RememberedEnvelope known, EnvelopeVisit visit) {
        return settings.isPaused(known, visit.at()) ? known.startedAgain(visit.at()) : known.seenAgain(visit.at());
    }

    /**
     * A suspect is deferred only if the primary would accept its mail. For a recipient that a later restriction refuses
     * it gets that 5xx, has nothing to retry, and so gives up on nothing.
     */
    private static boolean isSurelyDeferred(TrustState state, EnvelopeVisit visit) {
        return !visit.ifPermitted() && state.tierAt(visit.at()) == Tier.CONFIRMED;
    }
}
