package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import it.unimi.dsi.fastutil.longs.LongList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The rules of trust, for any sequence of catches and visits. */
class TrustRulesProperties {
    private static final long T = 1_767_225_600L;
    private static final long DAY = NaiveTrust.DAY;
    private static final TrustSettings SETTINGS = TrustSettings.DEFAULTS;
    private static final long CLEARED_FOR = SETTINGS.clearedFor().toSeconds();

    private final TrustRules rules = new TrustRules(SETTINGS);

    @Property(tries = 5_000)
    void rules_anySequence_equalTheNaiveModel(@ForAll("steps") List<TrustStep> steps) {
        NaiveTrust naive = new NaiveTrust();
        TrustState state = TrustState.UNKNOWN;
        long at = T;
        for (TrustStep step : steps) {
            at += step.after();
            assertThat(state.tierAt(at)).isEqualTo(naive.tier(at));
            if (step.isCatch()) {
                boolean enough = step.kind() != TrustStep.Kind.CATCH_WITH_FEW_POINTS;
                naive.caught(
                        at, step.envelope(), step.isBounce(), enough, step.kind() == TrustStep.Kind.CATCH_WHILE_BLIND);
                state = step.applyTo(rules, state, at);
            } else if (step.kind() == TrustStep.Kind.ELSEWHERE) {
                naive.visitedElsewhere(at, step.envelope());
                state = step.applyTo(rules, state, at);
            } else {
                EnvelopeVisit visit = step.visit(at);
                VisitVerdict expected =
                        naive.visited(at, step.envelope(), step.isBounce(), visit.result(), visit.returnsFromNetwork());
                VisitOutcome outcome = rules.recordVisit(state, visit);
                assertThat(outcome.verdict()).isEqualTo(expected);
                state = outcome.state();
            }
            assertThat(state.tierAt(at)).isEqualTo(naive.tier(at));
        }
    }

    @Property
    void return_shown_nobodyIsConfirmedUntilClearedForIsOver(@ForAll("steps") List<TrustStep> steps) {
        TrustState state = TrustState.UNKNOWN;
        long at = T;
        long lastReturn = -1;
        long abandoned = 0;
        for (TrustStep step : steps) {
            at += step.after();
            long now = at;
            long since = lastReturn;
            abandoned = state.caught().entries().stream()
                    .filter(e -> e.firstAt() > since && SETTINGS.isAbandoned(e, now, ReportCoverage.COMPLETE))
                    .count();
            TrustState before = state;
            state = step.applyTo(rules, before, at);
            if (state.proof().lastReturnAt() == at) {
                lastReturn = at;
            }
            boolean proven = lastReturn >= 0 && at < lastReturn + CLEARED_FOR;
            boolean broken = abandoned >= 3 && at >= lastReturn + DAY;
            if (state.proof().equals(RetryProof.NONE)) {
                lastReturn = -1;
            }
            if (proven && !broken && before.tierAt(at) != Tier.CONFIRMED) {
                assertThat(state.tierAt(at)).isNotEqualTo(Tier.CONFIRMED);
            }
        }
    }

    /** What another node was told can end a suspicion, but never begin or strengthen one. */
    @Property(tries = 3_000)
    void sharedVisit_onlyExcuses(@ForAll("manySteps") List<TrustStep> steps) {
        TrustState state = TrustState.UNKNOWN;
        long at = T;
        for (TrustStep step : steps) {
            at += step.after();
            TrustState before = state.withoutExpired(at, SETTINGS);
            if (!step.isCatch()) {
                EnvelopeVisit own = step.visit(at);
                EnvelopeVisit shared = new EnvelopeVisit(
                        at,
                        own.envelope(),
                        own.nullReversePath(),
                        own.result(),
                        own.returnsFromNetwork(),
                        ReportCoverage.COMPLETE,
                        false,
                        true);
                TrustState after = rules.recordVisit(state, shared).state();
                if (before.tierAt(at) == Tier.SUSPECT) {
                    assertThat(after.tierAt(at)).isNotEqualTo(Tier.CONFIRMED);
                } else if (before.tierAt(at) != Tier.CONFIRMED) {
                    assertThat(after.tierAt(at).isListed()).isFalse();
                }
                assertThat(after.listing().until())
                        .isLessThanOrEqualTo(before.listing().until());
                assertThat(after.listing().relapses())
                        .isEqualTo(before.listing().relapses());
                assertThat(after.proof().queueUntil())
                        .isGreaterThanOrEqualTo(before.proof().queueUntil());
                assertThat(unsettled(before.caught())).containsAll(unsettled(after.caught()));
                assertThat(unsettled(before.deferred())).containsAll(unsettled(after.deferred()));
                assertThat(after.caught().entries())
                        .hasSameSizeAs(before.caught().entries());
            }
            state = step.applyTo(rules, state, at);
        }
    }

    private static List<RememberedEnvelope> unsettled(EnvelopeMemory memory) {
        return memory.entries().stream().filter(entry -> !entry.isSettled()).toList();
    }

    @Property
    void suspect_retriesOfTheSameEnvelope_neverMoveTheEnd(
            @ForAll("steps") List<TrustStep> before, @ForAll("retries") List<Long> retries) {
        TrustState state = TrustState.UNKNOWN;
        long at = T;
        for (TrustStep step : before) {
            at += step.after();
            state = step.applyTo(rules, state, at);
        }
        TrustStep retry = new TrustStep(TrustStep.Kind.CATCH, 0, 0);
        at += 1;
        state = retry.applyTo(rules, state, at);
        for (long pause : retries) {
            at += pause;
            if (state.tierAt(at) != Tier.SUSPECT) {
                return;
            }
            long end = state.tierEndsAt(at);
            state = retry.applyTo(rules, state, at);
            assertThat(state.tierEndsAt(at)).isEqualTo(end);
        }
    }

    @Property
    void bouncesOnly_neverConfirm(@ForAll("manySteps") List<TrustStep> steps) {
        TrustState state = TrustState.UNKNOWN;
        long at = T;
        for (TrustStep step : steps) {
            at += step.after();
            CaughtTransaction caught =
                    new CaughtTransaction(at, LongList.of(step.envelope()), true, true, false, ReportCoverage.COMPLETE);
            state = rules.recordCatch(state, caught).state();
            assertThat(state.tierAt(at)).isNotEqualTo(Tier.CONFIRMED);
        }
    }

    @Property
    void siteWithoutReports_neverConfirmsNorRejects(@ForAll("manySteps") List<TrustStep> steps) {
        TrustState state = TrustState.UNKNOWN;
        long at = T;
        for (TrustStep step : steps) {
            at += step.after();
            if (step.isCatch()) {
                CaughtTransaction caught = new CaughtTransaction(
                        at, LongList.of(step.envelope()), false, true, false, ReportCoverage.NONE);
                state = rules.recordCatch(state, caught).state();
            } else {
                VisitOutcome outcome = rules.recordVisit(state, step.visit(at));
                assertThat(outcome.verdict()).isNotEqualTo(VisitVerdict.REJECT);
                state = outcome.state();
            }
            assertThat(state.tierAt(at)).isNotEqualTo(Tier.CONFIRMED);
        }
    }

    @Property
    void queue_thatRetriesEachDeferral_isNeverRejected(
            @ForAll("steps") List<TrustStep> noise, @ForAll("messages") List<List<Long>> messages) {
        TrustState state = TrustState.UNKNOWN;
        long at = T;
        for (TrustStep step : noise) {
            at += step.after();
            state = step.isCatch() ? step.applyTo(rules, state, at) : state;
        }
        long envelope = 100;
        for (List<Long> gaps : messages) {
            envelope++;
            for (long gap : gaps) {
                at += gap;
                VisitOutcome outcome = rules.recordVisit(
                        state,
                        new EnvelopeVisit(
                                at, envelope, false, VisitResult.ASKED, false, ReportCoverage.COMPLETE, false, false));
                state = outcome.state();
                assertThat(outcome.verdict()).isNotEqualTo(VisitVerdict.REJECT);
                if (outcome.verdict() == VisitVerdict.DUNNO) {
                    break;
                }
            }
        }
    }

    @Provide
    Arbitrary<List<TrustStep>> steps() {
        return TrustStep.arbitrary(6).list().ofMaxSize(30);
    }

    @Provide
    Arbitrary<List<TrustStep>> manySteps() {
        return TrustStep.arbitrary(1_000).list().ofMaxSize(100);
    }

    @Provide
    Arbitrary<List<Long>> retries() {
        return TrustStep.pauses().list().ofMaxSize(20);
    }

    /** The gaps between the attempts of messages: within what counts as a return. */
    @Provide
    Arbitrary<List<List<Long>>> messages() {
        return Arbitraries.longs()
                .between(300, 5 * 3_600)
                .list()
                .ofSize(30)
                .list()
                .ofMaxSize(5);
    }
}
