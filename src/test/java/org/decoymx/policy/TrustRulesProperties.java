package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongList;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
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

    /** Something that happens some time after the step before; the even envelopes of a sender are no bounces. */
    record Step(Kind kind, int envelope, long after) {
        boolean isBounce() {
            return envelope == 1;
        }

        boolean isCatch() {
            return kind.compareTo(Kind.CATCH_WHILE_BLIND) <= 0;
        }
    }

    private static CaughtTransaction caught(Step step, long at, LongList envelopes) {
        return new CaughtTransaction(
                at,
                envelopes,
                step.isBounce(),
                step.kind() != Kind.CATCH_WITH_FEW_POINTS,
                false,
                false,
                step.kind() == Kind.CATCH_WHILE_BLIND ? ReportCoverage.NONE : ReportCoverage.COMPLETE);
    }

    private static EnvelopeVisit visit(Step step, long at) {
        VisitResult result =
                switch (step.kind()) {
                    case DEFERRED -> VisitResult.DEFERRED;
                    case ACCEPTED -> VisitResult.ACCEPTED;
                    case REJECTED -> VisitResult.REJECTED;
                    default -> VisitResult.ASKED;
                };
        boolean fromNetwork = step.kind() == Kind.FROM_NETWORK;
        return new EnvelopeVisit(at, step.envelope(), step.isBounce(), result, fromNetwork, ReportCoverage.COMPLETE);
    }

    private TrustState apply(TrustState state, Step step, long at) {
        if (step.isCatch()) {
            return rules.recordCatch(state, caught(step, at, LongList.of(step.envelope())))
                    .state();
        }
        return step.kind() == Kind.ELSEWHERE
                ? rules.recordReturnElsewhere(state, visit(step, at)).state()
                : rules.recordVisit(state, visit(step, at)).state();
    }

    @Property(tries = 5_000)
    void rules_anySequence_equalTheNaiveModel(@ForAll("steps") List<Step> steps) {
        NaiveTrust naive = new NaiveTrust();
        TrustState state = TrustState.UNKNOWN;
        long at = T;
        for (Step step : steps) {
            at += step.after();
            assertThat(state.tierAt(at)).isEqualTo(naive.tier(at));
            if (step.isCatch()) {
                boolean enough = step.kind() != Kind.CATCH_WITH_FEW_POINTS;
                naive.caught(at, step.envelope(), step.isBounce(), enough, step.kind() == Kind.CATCH_WHILE_BLIND);
                state = apply(state, step, at);
            } else if (step.kind() == Kind.ELSEWHERE) {
                naive.visitedElsewhere(at, step.envelope());
                state = apply(state, step, at);
            } else {
                EnvelopeVisit visit = visit(step, at);
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
    void return_shown_nobodyIsConfirmedUntilClearedForIsOver(@ForAll("steps") List<Step> steps) {
        TrustState state = TrustState.UNKNOWN;
        long at = T;
        long lastReturn = -1;
        long abandoned = 0;
        for (Step step : steps) {
            at += step.after();
            long now = at;
            long since = lastReturn;
            abandoned = state.caught().entries().stream()
                    .filter(e -> e.firstAt() > since && SETTINGS.isAbandoned(e, now, ReportCoverage.COMPLETE))
                    .count();
            TrustState before = state;
            state = apply(before, step, at);
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

    @Property
    void suspect_retriesOfTheSameEnvelope_neverMoveTheEnd(
            @ForAll("steps") List<Step> before, @ForAll("retries") List<Long> retries) {
        TrustState state = TrustState.UNKNOWN;
        long at = T;
        for (Step step : before) {
            at += step.after();
            state = apply(state, step, at);
        }
        Step retry = new Step(Kind.CATCH, 0, 0);
        at += 1;
        state = apply(state, retry, at);
        for (long pause : retries) {
            at += pause;
            if (state.tierAt(at) != Tier.SUSPECT) {
                return;
            }
            long end = state.tierEndsAt(at);
            state = apply(state, retry, at);
            assertThat(state.tierEndsAt(at)).isEqualTo(end);
        }
    }

    @Property
    void bouncesOnly_neverConfirm(@ForAll("manySteps") List<Step> steps) {
        TrustState state = TrustState.UNKNOWN;
        long at = T;
        for (Step step : steps) {
            at += step.after();
            CaughtTransaction caught = new CaughtTransaction(
                    at, LongList.of(step.envelope()), true, true, false, false, ReportCoverage.COMPLETE);
            state = rules.recordCatch(state, caught).state();
            assertThat(state.tierAt(at)).isNotEqualTo(Tier.CONFIRMED);
        }
    }

    @Property
    void siteWithoutReports_neverConfirmsNorRejects(@ForAll("manySteps") List<Step> steps) {
        TrustState state = TrustState.UNKNOWN;
        long at = T;
        for (Step step : steps) {
            at += step.after();
            if (step.isCatch()) {
                CaughtTransaction caught = new CaughtTransaction(
                        at, LongList.of(step.envelope()), false, true, false, false, ReportCoverage.NONE);
                state = rules.recordCatch(state, caught).state();
            } else {
                VisitOutcome outcome = rules.recordVisit(state, visit(step, at));
                assertThat(outcome.verdict()).isNotEqualTo(VisitVerdict.REJECT);
                state = outcome.state();
            }
            assertThat(state.tierAt(at)).isNotEqualTo(Tier.CONFIRMED);
        }
    }

    @Property
    void queue_thatRetriesEachDeferral_isNeverRejected(
            @ForAll("steps") List<Step> noise, @ForAll("messages") List<List<Long>> messages) {
        TrustState state = TrustState.UNKNOWN;
        long at = T;
        for (Step step : noise) {
            at += step.after();
            state = step.isCatch() ? apply(state, step, at) : state;
        }
        long envelope = 100;
        for (List<Long> gaps : messages) {
            envelope++;
            for (long gap : gaps) {
                at += gap;
                VisitOutcome outcome = rules.recordVisit(
                        state,
                        new EnvelopeVisit(at, envelope, false, VisitResult.ASKED, false, ReportCoverage.COMPLETE));
                state = outcome.state();
                assertThat(outcome.verdict()).isNotEqualTo(VisitVerdict.REJECT);
                if (outcome.verdict() == VisitVerdict.DUNNO) {
                    break;
                }
            }
        }
    }

    @Property
    void state_anySequence_staysWithinItsBounds(
            @ForAll("manySteps") List<Step> steps, @ForAll("jumps") List<Long> jumps) {
        TrustState state = TrustState.UNKNOWN;
        long at = T;
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            at += jumps.isEmpty() ? step.after() : jumps.get(i % jumps.size());
            LongList envelopes = new LongArrayList();
            for (long n = 0; n <= i % 5; n++) {
                envelopes.add(step.envelope() * 0x9e37_79b9_7f4a_7c15L * (n + 1) + i);
            }
            state = step.isCatch()
                    ? rules.recordCatch(state, caught(step, at, envelopes)).state()
                    : apply(state, step, at);
            for (EnvelopeMemory memory : List.of(state.caught(), state.deferred())) {
                assertThat(memory.entries()).hasSizeLessThanOrEqualTo(16);
                assertThat(memory.entries())
                        .extracting(RememberedEnvelope::hash)
                        .doesNotHaveDuplicates();
            }
            byte[] octets = state.encode();
            assertThat(octets).hasSizeLessThanOrEqualTo(TrustState.MAX_OCTETS);
            assertThat(TrustState.decode(octets)).isEqualTo(state);
        }
    }

    @Property
    void decode_anyOctets_givesAStateOrSaysWhyNot(@ForAll byte[] octets, @ForAll("steps") List<Step> steps) {
        List<byte[]> inputs = new ArrayList<>(List.of(octets));
        TrustState state = TrustState.UNKNOWN;
        long at = T;
        for (Step step : steps) {
            at += step.after();
            state = apply(state, step, at);
        }
        byte[] damaged = state.encode();
        for (int i = 0; i < octets.length; i++) {
            damaged[Math.floorMod(octets[i] * 31 + i, damaged.length)] ^= (byte) (1 << (i % 8));
        }
        inputs.add(damaged);
        for (byte[] input : inputs) {
            try {
                TrustState decoded = TrustState.decode(input);
                assertThat(TrustState.decode(decoded.encode())).isEqualTo(decoded);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageMatching("(version .*|.*trust state.*|.*envelope memory.*)");
            }
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return step(6).list().ofMaxSize(30);
    }

    @Provide
    Arbitrary<List<Step>> manySteps() {
        return step(1_000).list().ofMaxSize(100);
    }

    private static Arbitrary<Step> step(int envelopes) {
        return Combinators.combine(
                        Arbitraries.of(Kind.class), Arbitraries.integers().between(0, envelopes - 1), pauses())
                .as(Step::new);
    }

    /** Around all times of the rules. */
    private static Arbitrary<Long> pauses() {
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
                        DAY,
                        5 * DAY,
                        30 * DAY,
                        36 * DAY)
                .flatMap(base -> Arbitraries.longs().between(-1, 1).map(d -> Math.max(0, base + d)));
        return Arbitraries.oneOf(around, Arbitraries.longs().between(0, 2 * DAY));
    }

    @Provide
    Arbitrary<List<Long>> retries() {
        return pauses().list().ofMaxSize(20);
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

    /** Also backwards, as log lines may come late. */
    @Provide
    Arbitrary<List<Long>> jumps() {
        return Arbitraries.longs().between(-3_600, 2 * DAY).list().ofMaxSize(10);
    }
}
