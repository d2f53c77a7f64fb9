package org.decoymx.primary;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.decoymx.ledger.Origin;

/** Against a model that keeps every time that anybody was ever seen. */
class PrimaryVisitsProperties {
    private static final long WINDOW = 100;
    private static final long T = 1_800_000_000;

    /** Somebody was seen some seconds after T. */
    record Event(Origin origin, long second) {}

    private static Instant at(long second) {
        return Instant.ofEpochSecond(T + second);
    }

    private static PrimaryVisits told(List<Event> events) {
        PrimaryVisits witnesses = new PrimaryVisits(Duration.ofSeconds(WINDOW));
        events.forEach(event -> witnesses.recordVisit(event.origin(), at(event.second())));
        return witnesses;
    }

    private static long network(Origin origin) {
        return origin.v6() ? origin.bits() : origin.bits() >> 8;
    }

    private static boolean near(Origin one, Origin other) {
        return one.v6() == other.v6() && network(one) == network(other);
    }

    private static boolean naive(List<Event> events, Origin origin, long session) {
        return events.stream()
                .filter(event -> near(event.origin(), origin))
                .anyMatch(event -> event.second() <= session && event.second() >= session - WINDOW);
    }

    /** Whoever is exempt was seen in time, in whatever order it was told. */
    @Property
    void exempt_isOnlyWhoWasSeen(
            @ForAll("events") @Size(max = 60) List<Event> events,
            @ForAll("origin") Origin origin,
            @ForAll @LongRange(min = -200, max = 1_200) long session) {
        if (told(events).wasSeenBefore(origin, at(session))) {
            assertThat(naive(events, origin, session)).isTrue();
        }
    }

    /** When the latest chain of an origin's network began. */
    private static long first(List<Event> events, Origin origin) {
        long span = SeenInterval.NEVER;
        for (Event event : events) {
            span = near(event.origin(), origin) ? SeenInterval.extend(span, T + event.second(), WINDOW) : span;
        }
        return SeenInterval.first(span) - T;
    }

    /** From the beginning of the latest chain on, the answer is that of the model, in whatever order it was told. */
    @Property
    void sinceTheFirstTime_theAnswerIsExact(
            @ForAll("events") @Size(max = 60) List<Event> events, @ForAll @LongRange(min = 0, max = 1_200) long later) {
        PrimaryVisits witnesses = told(events);
        for (Event event : events) {
            long session = first(events, event.origin()) + later;
            assertThat(witnesses.wasSeenBefore(event.origin(), at(session)))
                    .isEqualTo(naive(events, event.origin(), session));
        }
    }

    /** When it is told in order, the chain begins after the latest pause that is longer than the window. */
    @Property
    void toldInOrder_theChainBeginsAfterTheLatestPause(@ForAll("events") @Size(max = 60) List<Event> events) {
        List<Event> sorted = new ArrayList<>(events);
        sorted.sort((one, other) -> Long.compare(one.second(), other.second()));
        PrimaryVisits witnesses = told(sorted);
        for (Event event : events) {
            long first = Long.MAX_VALUE;
            long last = Long.MIN_VALUE / 2;
            for (Event any : sorted) {
                if (any.origin().equals(event.origin())) {
                    first = any.second() - last > WINDOW ? any.second() : first;
                    last = any.second();
                }
            }
            assertThat(witnesses.find(event.origin()))
                    .isEqualTo(Optional.of(new PrimaryVisits.VisitPeriod(at(first), at(last))));
        }
    }

    /** What is taken to be written, by parts, and read again, is what was known. */
    @Property
    void written_andRead_isTheSame(@ForAll("events") @Size(max = 60) List<Event> events) {
        PrimaryVisits witnesses = told(events);
        PrimaryVisits read = new PrimaryVisits(Duration.ofSeconds(WINDOW));
        while (witnesses.hasChanges()) {
            PrimaryVisits.VisitChanges lost = witnesses.takeChanges(3);
            witnesses.restoreChanges(lost);
            PrimaryVisits.VisitChanges changes = witnesses.takeChanges(3);
            assertThat(changes.addresses().rows()).hasSizeLessThanOrEqualTo(3);
            load(read, false, changes.addresses());
            load(read, true, changes.networks());
        }
        assertThat(read.hasChanges()).isFalse();
        assertThat(read.size()).isEqualTo(witnesses.size());
        for (Event event : events) {
            assertThat(read.find(event.origin())).isEqualTo(witnesses.find(event.origin()));
            Origin neighbour = new Origin(event.origin().v6(), event.origin().bits() ^ 1);
            for (long second = 0; second < 1_100; second += 50) {
                assertThat(read.wasSeenBefore(neighbour, at(second)))
                        .isEqualTo(witnesses.wasSeenBefore(neighbour, at(second)));
            }
        }
    }

    private static void load(PrimaryVisits witnesses, boolean network, SeenIntervalMap.IntervalChanges changes) {
        changes.rows()
                .forEach(row -> witnesses.load(
                        network, row.origin(), SeenInterval.first(row.interval()), SeenInterval.last(row.interval())));
    }

    @Provide
    Arbitrary<Origin> origin() {
        return Arbitraries.oneOf(
                Arbitraries.longs().between(0, 3).flatMap(net -> Arbitraries.longs()
                        .between(0, 2)
                        .map(host -> new Origin(false, net << 8 | host))),
                Arbitraries.longs().between(0, 3).map(bits -> new Origin(true, bits)));
    }

    @Provide
    Arbitrary<List<Event>> events() {
        return Combinators.combine(origin(), Arbitraries.longs().between(0, 1_000))
                .as(Event::new)
                .list();
    }
}
