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

    private enum Kind {
        CATCH,
        ASK,
        COMMIT,
        KILL,
        STEP,
        EXEMPT
    }

    private record Step(Kind kind, int origin, int envelope, long seconds) {}

    /** What counted for a sender. */
    private record Event(long at, int origin, int envelope, boolean caught) {}

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
            if (event.caught()) {
                sender.caught(event.at(), event.envelope(), false, true, !reporting);
                return null;
            }
            return sender.visited(event.at(), event.envelope(), false, VisitResult.ASKED, false);
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
                    model.record(new Event(at, step.origin(), step.envelope(), true));
                }
            }
            case ASK -> {
                VisitVerdict expected = model.record(new Event(at, step.origin(), step.envelope(), false));
                assertThat(decoy.ask(origin, hash)).isEqualTo(expected);
            }
            case STEP ->
                // a clock that is set back is a gap in the reports
                decoy.advance(Duration.ofSeconds(model.reporting ? Math.abs(step.seconds()) : step.seconds()));
            case COMMIT -> commit(decoy, model);
            case KILL -> {
                if (model.reporting) {
                    commit(decoy, model); // reports are stored with commits, and a gap in them is another model
                }
                model.kill();
                decoy.killAndRestart();
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
                Tuple.of(4, Kind.ASK),
                Tuple.of(4, Kind.COMMIT),
                Tuple.of(1, Kind.KILL),
                Tuple.of(6, Kind.STEP),
                Tuple.of(1, Kind.EXEMPT));
        // back by little only: what was seen to end stays away, though its end is ahead again
        Arbitrary<Long> seconds =
                Arbitraries.of(-60L, -1L, 1L, 299L, 300L, 3_600L, 20_000L, 46_800L, 90_000L, 260_000L);
        return Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(0, ORIGINS.size() - 1),
                        Arbitraries.integers().between(0, ENVELOPES - 1),
                        seconds)
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }
}
