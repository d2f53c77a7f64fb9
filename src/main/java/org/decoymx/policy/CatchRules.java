package org.decoymx.policy;

import it.unimi.dsi.fastutil.longs.LongList;
import org.jspecify.annotations.Nullable;

/**
 * What a catch does to a sender. The decoy's 451 is a test: a mail server comes again with the same envelope, spamware
 * comes with new ones.
 */
final class CatchRules {
    private static final int ABANDONED_AFTER_RETURN = 3;
    private static final int SMALLEST_OF_TRANSACTION = 2;

    private final TrustSettings settings;

    CatchRules(TrustSettings settings) {
        this.settings = settings;
    }

    /** What the memory says of a transaction, the strongest last. */
    private enum Recognition {
        /** None of its envelopes is remembered. */
        NEW,
        /** An envelope comes again at once: still the same attempt. */
        REPEATED,
        /** An envelope comes after a long pause: neither new nor a return. */
        PAUSED,
        /** An envelope comes again in time. */
        RETURNED
    }

    /** What the memory says of a transaction, and the memory after it. */
    private record Recognized(Recognition how, EnvelopeMemory memory) {}

    TrustOutcome apply(TrustState before, CaughtTransaction caught) {
        TrustState state = before.withoutExpired(caught.at(), settings);
        if (state.isSetByHand(caught.at())) {
            return outcome(state, state, caught, TrustCause.SET_BY_HAND);
        }
        Recognized recognized = recognize(state.caught(), caught);
        if (recognized.how() == Recognition.RETURNED) {
            TrustState returned = state.withCaught(recognized.memory())
                    .withProof(state.proof().withReturn(caught.at(), settings))
                    .withListing(state.listing().demoted());
            return outcome(state, returned, caught, TrustCause.RETURNED_TO_DECOY);
        }
        TrustState remembered = state.withCaught(
                recognized.how() == Recognition.NEW ? remember(state.caught(), caught) : recognized.memory());
        if (state.tierAt(caught.at()) == Tier.CLEARED) {
            return excuse(state, remembered, caught);
        }
        return switch (recognized.how()) {
            case NEW -> catchNew(state, remembered, caught);
            case PAUSED -> suspect(state, remembered, caught, TrustCause.CAUGHT_AFTER_PAUSE);
            default -> outcome(state, remembered, caught, TrustCause.REPEATED);
        };
    }

    private Recognized recognize(EnvelopeMemory before, CaughtTransaction caught) {
        EnvelopeMemory memory = before;
        Recognition strongest = Recognition.NEW;
        LongList envelopes = caught.envelopes();
        for (int i = 0; i < envelopes.size(); i++) {
            RememberedEnvelope envelope = before.find(envelopes.getLong(i));
            if (envelope == null) {
                continue;
            }
            Recognition how = recognize(envelope, caught.at());
            memory = memory.replace(
                    switch (how) {
                        case RETURNED -> envelope.seenAgain(caught.at()).with(RememberedEnvelope.RETURNED);
                        case PAUSED -> envelope.startedAgain(caught.at());
                        default -> envelope.seenAgain(caught.at());
                    });
            strongest = how.compareTo(strongest) > 0 ? how : strongest;
        }
        return new Recognized(strongest, memory);
    }

    private Recognition recognize(RememberedEnvelope envelope, long at) {
        if (settings.isReturn(envelope, at)) {
            return Recognition.RETURNED;
        }
        return settings.isPaused(envelope, at) ? Recognition.PAUSED : Recognition.REPEATED;
    }

    /**
     * Of one transaction, remembers the first recipient, which a retry asks for first if the order is kept, and the two
     * smallest, which are found in any order.
     */
    private EnvelopeMemory remember(EnvelopeMemory before, CaughtTransaction caught) {
        EnvelopeMemory memory = before;
        LongList envelopes = caught.envelopes();
        for (int i = 0; i < envelopes.size(); i++) {
            long hash = envelopes.getLong(i);
            if ((i == 0 || countSmaller(envelopes, hash) < SMALLEST_OF_TRANSACTION) && memory.find(hash) == null) {
                memory = memory.remember(hash, caught.at(), caught.nullReversePath());
            }
        }
        return memory;
    }

    private static int countSmaller(LongList envelopes, long hash) {
        int smaller = 0;
        for (int i = 0; i < envelopes.size() && smaller < SMALLEST_OF_TRANSACTION; i++) {
            smaller += Long.compareUnsigned(envelopes.getLong(i), hash) < 0 ? 1 : 0;
        }
        return smaller;
    }

    /** A cleared sender is excused; but who only pretended to retry is a suspect again after the first day. */
    private TrustOutcome excuse(TrustState before, TrustState state, CaughtTransaction caught) {
        boolean firstDayIsOver = caught.at() - state.proof().clearedSince()
                >= settings.clearedFirst().toSeconds();
        if (!firstDayIsOver || !hasAbandonedSinceReturn(before, caught)) {
            return outcome(before, state, caught, TrustCause.EXCUSED);
        }
        TrustState ended = state.withProof(RetryProof.NONE)
                .withListing(state.listing().relapsed().suspect(caught.at(), settings));
        return outcome(before, ended, caught, TrustCause.ABANDONED_SINCE_RETURN);
    }

    private boolean hasAbandonedSinceReturn(TrustState state, CaughtTransaction caught) {
        int abandoned = 0;
        for (RememberedEnvelope envelope : state.caught().entries()) {
            if (envelope.firstAt() > state.proof().lastReturnAt()
                    && settings.isAbandoned(envelope, caught.at(), caught.coverage())) {
                abandoned++;
            }
        }
        return abandoned >= ABANDONED_AFTER_RETURN;
    }

    private TrustOutcome catchNew(TrustState before, TrustState remembered, CaughtTransaction caught) {
        long at = caught.at();
        boolean forgiven =
                at - Math.max(before.firstCaughtAt(), before.listing().until())
                        > settings.forgiveAfter().toSeconds();
        if (before.firstCaughtAt() == 0 || forgiven) {
            TrustState first = remembered.withFirstCatch(at);
            return suspect(before, first, caught, TrustCause.FIRST_CATCH);
        }
        RememberedEnvelope abandoned = findAbandoned(before.caught(), caught);
        if (abandoned == null) {
            return suspect(before, remembered, caught, TrustCause.CAUGHT_AGAIN);
        }
        if (!caught.coverage().isComplete(at, at)) {
            return suspect(before, remembered, caught, TrustCause.CAUGHT_WHILE_BLIND);
        }
        if (hasQueue(before, caught)) {
            return suspect(before, remembered, caught, TrustCause.CAUGHT_WITH_QUEUE);
        }
        if (!caught.mayConfirm() || abandoned.has(RememberedEnvelope.NULL_REVERSE_PATH)) {
            TrustState longer = remembered.withListing(before.listing().suspectForLonger(at, settings));
            return outcome(before, longer, caught, TrustCause.CAUGHT_AGAIN);
        }
        TrustState confirmed = remembered.withListing(before.listing().confirmed(at, settings));
        return outcome(before, confirmed, caught, TrustCause.CAUGHT_AFTER_ABANDONING);
    }

    /** Whether the sender returned lately, and has not given up too much since. */
    private boolean hasQueue(TrustState state, CaughtTransaction caught) {
        RetryProof proof = state.proof();
        if (caught.at() >= proof.queueUntil()) {
            return false;
        }
        boolean firstDayIsOver =
                caught.at() - proof.lastReturnAt() >= settings.clearedFirst().toSeconds();
        return !firstDayIsOver || !hasAbandonedSinceReturn(state, caught);
    }

    /** An abandoned envelope, if possible one that is no bounce. */
    private @Nullable RememberedEnvelope findAbandoned(EnvelopeMemory memory, CaughtTransaction caught) {
        RememberedEnvelope bounce = null;
        for (RememberedEnvelope envelope : memory.entries()) {
            if (settings.isAbandoned(envelope, caught.at(), caught.coverage())) {
                if (!envelope.has(RememberedEnvelope.NULL_REVERSE_PATH)) {
                    return envelope;
                }
                bounce = envelope;
            }
        }
        return bounce;
    }

    /** Lists the sender as a suspect, unless it is listed: retries and further mail do not move the end. */
    private TrustOutcome suspect(TrustState before, TrustState state, CaughtTransaction caught, TrustCause cause) {
        boolean listed = state.tierAt(caught.at()).isListed();
        TrustState after = listed ? state : state.withListing(state.listing().suspect(caught.at(), settings));
        return outcome(before, after, caught, cause);
    }

    private static TrustOutcome outcome(
            TrustState before, TrustState after, CaughtTransaction caught, TrustCause cause) {
        return new TrustOutcome(after, TrustRules.change(before, after, cause, caught.at()));
    }
}
