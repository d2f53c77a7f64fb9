package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.NaiveTrust;
import org.decoymx.policy.VisitResult;
import org.decoymx.policy.VisitVerdict;
import org.decoymx.store.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Ledger, policy and blocklist together against a naive model: whatever was published is what the committed catches and
 * retries mean, also after the process was killed, the clock stepped, or senders were exempted.
 */
class LedgerToBlocklistProperties {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<IpPrefix> ORIGINS = List.of(
            LedgerFixtures.origin("11.0.0.1"),
            LedgerFixtures.origin("12.0.0.1"),
            LedgerFixtures.origin("2600:1::1"),
            LedgerFixtures.origin("2600:2::1"));
    private static final int ENVELOPES = 4;
    private static final long DAY = 86_400;

    private enum Kind {
        CATCH,
        VISIT,
        COMMIT,
        KILL,
        STEP,
        WRONG_CLOCK,
        EXEMPT
    }

    /**
     * @param result what a real MX asks or reports
     * @param seconds how long a step takes
     * @param ahead how far a wrong clock is ahead, in seconds
     */
    private record Step(Kind kind, int origin, int envelope, VisitResult result, long seconds, long ahead) {
        Step as(Kind other) {
            return new Step(other, origin, envelope, result, seconds, ahead);
        }
    }

    /**
     * What counted for a sender.
     *
     * @param result null for a catch
     */
    private record Event(
            long at, int origin, int envelope, @Nullable VisitResult result) {}

    /** The model: what happened, and how much of it is committed. */
    private static final class Model {
        private final boolean reporting;
        private final List<Event> events = new ArrayList<>();
        private final Set<Integer> exempt = new HashSet<>();
        private int committed;

        Model(boolean reporting) {
            this.reporting = reporting;
        }

        private List<NaiveTrust> replay() {
            List<NaiveTrust> senders =
                    ORIGINS.stream().map(origin -> new NaiveTrust()).toList();
            events.forEach(event -> apply(senders, event));
            return senders;
        }

        private @Nullable VisitVerdict apply(List<NaiveTrust> senders, Event event) {
            NaiveTrust sender = senders.get(event.origin());
            if (event.result() == null) {
                sender.caught(event.at(), event.envelope(), false, true, !reporting);
                return null;
            }
            return sender.visited(event.at(), event.envelope(), false, event.result(), false);
        }

        /** Records an event; for a visit, the verdict. */
        @Nullable
        VisitVerdict record(Event event) {
            List<NaiveTrust> senders = replay();
            events.add(event);
            return apply(senders, event);
        }

        void commit() {
            committed = events.size();
        }

        void kill() {
            events.subList(committed, events.size()).clear();
        }

        Set<String> listed(long at) {
            List<NaiveTrust> senders = replay();
            Set<String> listed = new HashSet<>();
            for (int i = 0; i < ORIGINS.size(); i++) {
                if (!exempt.contains(i) && senders.get(i).tier(at).isListed()) {
                    listed.add(ORIGINS.get(i) + " " + senders.get(i).tier(at));
                }
            }
            return listed;
        }
    }

    @Property(tries = 150)
    void published_isWhatWasCommitted(@ForAll boolean reporting, @ForAll("steps") List<Step> steps)
            throws IOException, StorageException {
        Model model = new Model(reporting);
        try (DecoyInMemory decoy = new DecoyInMemory(START, reporting)) {
            for (Step step : steps) {
                play(step, decoy, model);
            }
            commit(decoy, model);
        }
    }

    private static void play(Step step, DecoyInMemory decoy, Model model) throws IOException, StorageException {
        IpPrefix origin = ORIGINS.get(step.origin());
        long hash = 1_000L * (step.origin() + 1) + step.envelope();
        long at = decoy.now().getEpochSecond();
        switch (step.kind()) {
            case CATCH -> {
                decoy.catchMail(origin, hash);
                if (!model.exempt.contains(step.origin())) {
                    model.record(new Event(at, step.origin(), step.envelope(), null));
                }
            }
            case VISIT -> {
                VisitVerdict expected = model.record(new Event(at, step.origin(), step.envelope(), step.result()));
                assertThat(decoy.visit(origin, hash, step.result())).isEqualTo(expected);
            }
            case STEP ->
                // a clock that is set back is a gap in the reports
                decoy.advance(Duration.ofSeconds(model.reporting ? Math.abs(step.seconds()) : step.seconds()));
            case WRONG_CLOCK -> playWithWrongClock(step, decoy, model);
            case COMMIT -> commit(decoy, model);
            case KILL -> {
                kill(decoy, model);
                assertThat(decoy.published()).isEqualTo(model.listed(at(decoy)));
            }
            case EXEMPT -> {
                if (!model.exempt.remove(step.origin())) {
                    model.exempt.add(step.origin());
                }
                Set<IpPrefix> exempt = new HashSet<>();
                model.exempt.forEach(i -> exempt.add(ORIGINS.get(i)));
                decoy.setExempt(exempt);
            }
        }
    }

    private static void kill(DecoyInMemory decoy, Model model) throws IOException, StorageException {
        if (model.reporting) {
            commit(decoy, model); // reports are stored with commits, and a gap in them is another model
        }
        model.kill();
        decoy.killAndRestart();
    }

    /**
     * For less than a minute, a wrong clock changes nothing, whatever happens meanwhile. For longer, and at a start, it
     * destroys nothing. A clock that is ahead for so long is a gap in the reports.
     */
    private static void playWithWrongClock(Step step, DecoyInMemory decoy, Model model)
            throws IOException, StorageException {
        commit(decoy, model);
        decoy.setClockOff(Duration.ofSeconds(step.ahead()));
        boolean atStart = step.seconds() == 1;
        if (atStart && (!model.reporting || step.ahead() < 0)) {
            kill(decoy, model);
        } else {
            pass(decoy, 20);
            play(step.as(Kind.CATCH), decoy, model);
            play(step.as(Kind.VISIT), decoy, model);
            pass(decoy, 20);
            assertThat(decoy.published()).isEqualTo(model.listed(at(decoy)));
        }
        if (!model.reporting) {
            pass(decoy, 80);
        }
        decoy.setClockOff(Duration.ZERO);
        pass(decoy, 70);
        decoy.advance(Duration.ofHours(2)); // for an hour after the clock was set, nobody is confirmed
        commit(decoy, model);
    }

    /** Lets some time pass in steps, in which the clock is read. */
    private static void pass(DecoyInMemory decoy, int seconds) {
        for (int i = 0; i < seconds; i += 10) {
            decoy.advance(Duration.ofSeconds(10));
            decoy.commitAndPublish();
        }
    }

    private static long at(DecoyInMemory decoy) {
        return decoy.now().getEpochSecond();
    }

    private static void commit(DecoyInMemory decoy, Model model) {
        decoy.commitAndPublish();
        model.commit();
        // the list is published once a second, and waits for a clock that was set back by less than two
        for (int i = 0; i < 4; i++) {
            decoy.advance(Duration.ofSeconds(1));
            decoy.commitAndPublish();
        }
        assertThat(decoy.published()).isEqualTo(model.listed(at(decoy)));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                Tuple.of(6, Kind.CATCH),
                Tuple.of(4, Kind.VISIT),
                Tuple.of(4, Kind.COMMIT),
                Tuple.of(1, Kind.KILL),
                Tuple.of(6, Kind.STEP),
                Tuple.of(1, Kind.WRONG_CLOCK),
                Tuple.of(1, Kind.EXEMPT));
        Arbitrary<VisitResult> results = Arbitraries.frequency(
                Tuple.of(4, VisitResult.ASKED),
                Tuple.of(1, VisitResult.ACCEPTED),
                Tuple.of(1, VisitResult.DEFERRED),
                Tuple.of(1, VisitResult.REJECTED));
        Arbitrary<Long> ahead =
                Arbitraries.of(-50 * 365 * DAY, -100 * DAY, -DAY / 5, DAY / 5, 3 * DAY, 100 * DAY, 3_000 * DAY);
        Arbitrary<Long> seconds =
                Arbitraries.of(-60L, -1L, 1L, 299L, 300L, 3_600L, 20_000L, 46_800L, 90_000L, 260_000L);
        return Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(0, ORIGINS.size() - 1),
                        Arbitraries.integers().between(0, ENVELOPES - 1),
                        results,
                        seconds,
                        ahead)
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }
}
