package org.decoymx.policy;

import it.unimi.dsi.fastutil.longs.LongList;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * Something that happens to a sender, some seconds after the step before. Envelope 1 is a bounce, others are none.
 */
record TrustStep(Kind kind, int envelope, long after) {

    enum Kind {
        CATCH,
        CATCH_WITH_FEW_POINTS,
        CATCH_WHILE_BLIND,
        ASKED,
        DEFERRED,
        ACCEPTED,
        REJECTED,
        FROM_NETWORK,
        ELSEWHERE
    }

    boolean isBounce() {
        return envelope == 1;
    }

    boolean isCatch() {
        return kind.compareTo(Kind.CATCH_WHILE_BLIND) <= 0;
    }

    CaughtTransaction caught(long at, LongList envelopes) {
        return new CaughtTransaction(
                at,
                envelopes,
                isBounce(),
                kind != Kind.CATCH_WITH_FEW_POINTS,
                false,
                kind == Kind.CATCH_WHILE_BLIND ? ReportCoverage.NONE : ReportCoverage.COMPLETE);
    }

    EnvelopeVisit visit(long at) {
        VisitResult result =
                switch (kind) {
                    case DEFERRED -> VisitResult.DEFERRED;
                    case ACCEPTED -> VisitResult.ACCEPTED;
                    case REJECTED -> VisitResult.REJECTED;
                    default -> VisitResult.ASKED;
                };
        boolean fromNetwork = kind == Kind.FROM_NETWORK;
        return new EnvelopeVisit(at, envelope, isBounce(), result, fromNetwork, ReportCoverage.COMPLETE, false, false);
    }

    TrustState applyTo(TrustRules rules, TrustState state, long at) {
        if (isCatch()) {
            return rules.recordCatch(state, caught(at, LongList.of(envelope))).state();
        }
        return kind == Kind.ELSEWHERE
                ? rules.recordReturnElsewhere(state, visit(at)).state()
                : rules.recordVisit(state, visit(at)).state();
    }

    /** Any step with one of so many envelopes. */
    static Arbitrary<TrustStep> arbitrary(int envelopes) {
        return Combinators.combine(
                        Arbitraries.of(Kind.class), Arbitraries.integers().between(0, envelopes - 1), pauses())
                .as(TrustStep::new);
    }

    /** Seconds around all times of the rules, and others. */
    static Arbitrary<Long> pauses() {
        long day = NaiveTrust.DAY;
        Arbitrary<Long> around = Arbitraries.of(
                        0L,
                        1L,
                        60L,
                        300L,
                        3_600L,
                        5 * 3_600L,
                        6 * 3_600L,
                        12 * 3_600L,
                        13 * 3_600L,
                        day,
                        5 * day,
                        30 * day,
                        36 * day)
                .flatMap(base -> Arbitraries.longs().between(-1, 1).map(d -> Math.max(0, base + d)));
        return Arbitraries.oneOf(around, Arbitraries.longs().between(0, 2 * day));
    }
}
