package org.decoymx.policy;

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
import net.jqwik.api.constraints.Size;
import org.decoymx.net.IpPrefix;

/** Compares with a model that keeps every visit. */
class PrimaryVisitsProperties {
    private static final long WINDOW = 100;
    private static final long START = 1_800_000_000;

    /** A visit of a sender, in seconds after START. */
    record Event(IpPrefix origin, long second) {}

    private static Instant at(long second) {
        return Instant.ofEpochSecond(START + second);
    }

    private static PrimaryVisits recordAll(List<Event> events) {
        PrimaryVisits visits = new PrimaryVisits(Duration.ofSeconds(WINDOW), 500_000, 1_000);
        events.forEach(event -> visits.recordVisit(event.origin(), at(event.second()), false));
        return visits;
    }

    private static long network(IpPrefix origin) {
        return origin.v6() ? origin.bits() : origin.bits() >> 8;
    }

    private static boolean isSameNetwork(IpPrefix left, IpPrefix right) {
        return left.v6() == right.v6() && network(left) == network(right);
    }

    /** A network is remembered if an address of it was seen. */
    @Property
    void network_isRemembered(@ForAll("events") @Size(max = 60) List<Event> events, @ForAll("origin") IpPrefix origin) {
        assertThat(recordAll(events).remembersNetwork(origin.neighborhood()))
                .isEqualTo(events.stream().anyMatch(event -> isSameNetwork(event.origin(), origin)));
    }

    /** For visits in order, the interval starts after the latest gap longer than the window. */
    @Property
    void visitsInOrder_theIntervalStartsAfterTheLatestGap(@ForAll("events") @Size(max = 60) List<Event> events) {
        List<Event> sorted = new ArrayList<>(events);
        sorted.sort((left, right) -> Long.compare(left.second(), right.second()));
        PrimaryVisits visits = recordAll(sorted);
        for (Event event : events) {
            long intervalStart = Long.MAX_VALUE;
            long last = Long.MIN_VALUE / 2;
            for (Event candidate : sorted) {
                if (candidate.origin().equals(event.origin())) {
                    intervalStart = candidate.second() - last > WINDOW ? candidate.second() : intervalStart;
                    last = candidate.second();
                }
            }
            assertThat(visits.find(event.origin()))
                    .isEqualTo(Optional.of(new PrimaryVisits.VisitPeriod(at(intervalStart), at(last))));
        }
    }

    /** Changes written in batches and loaded again restore the visits. */
    @Property
    void writtenChanges_loadedAgain_areEqual(@ForAll("events") @Size(max = 60) List<Event> events) {
        PrimaryVisits visits = recordAll(events);
        PrimaryVisits loaded = new PrimaryVisits(Duration.ofSeconds(WINDOW), 500_000, 1_000);
        while (visits.hasChanges()) {
            PrimaryVisits.VisitChanges failed = visits.takeChanges(3);
            visits.restoreChanges(failed);
            PrimaryVisits.VisitChanges changes = visits.takeChanges(3);
            assertThat(changes.addresses().rows()).hasSizeLessThanOrEqualTo(3);
            load(loaded, false, changes.addresses());
            load(loaded, true, changes.networks());
        }
        assertThat(loaded.hasChanges()).isFalse();
        assertThat(loaded.size()).isEqualTo(visits.size());
        for (Event event : events) {
            assertThat(loaded.find(event.origin())).isEqualTo(visits.find(event.origin()));
            IpPrefix neighbour =
                    IpPrefix.ofBits(event.origin().v6(), event.origin().bits() ^ 1);
            assertThat(loaded.remembersNetwork(neighbour.neighborhood()))
                    .isEqualTo(visits.remembersNetwork(neighbour.neighborhood()));
        }
    }

    private static void load(PrimaryVisits visits, boolean network, SeenIntervalMap.IntervalChanges changes) {
        changes.rows()
                .forEach(row -> visits.load(
                        network, row.origin(), SeenInterval.first(row.interval()), SeenInterval.last(row.interval())));
    }

    @Provide
    Arbitrary<IpPrefix> origin() {
        return Arbitraries.oneOf(
                Arbitraries.longs().between(0, 3).flatMap(net -> Arbitraries.longs()
                        .between(0, 2)
                        .map(host -> IpPrefix.ofBits(false, net << 8 | host))),
                Arbitraries.longs().between(0, 3).map(bits -> IpPrefix.ofBits(true, bits)));
    }

    @Provide
    Arbitrary<List<Event>> events() {
        return Combinators.combine(origin(), Arbitraries.longs().between(0, 1_000))
                .as(Event::new)
                .list();
    }
}
