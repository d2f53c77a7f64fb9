package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import it.unimi.dsi.fastutil.longs.LongList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.HourCounts.Counted;
import org.decoymx.sighting.CaughtEnvelopes;
import org.junit.jupiter.api.Test;

/** The lines for the log, and the counts of tier changes. */
class SenderEventsTest {
    private static final long T = 1_800_000_000;
    private static final IpPrefix SENDER = IpText.parseHostNetwork("192.0.2.1").orElseThrow();

    private final List<String> lines = new ArrayList<>();
    private final SenderEvents events = new SenderEvents(line -> lines.add(line.get()));
    private final TrustIndex index = new TrustIndex(new TrustRules(TrustSettings.DEFAULTS), events, 10);

    private TrustChange catchAt(long at, long envelope) {
        LongList hashes = LongList.of(envelope);
        CaughtEnvelopes caught = new CaughtEnvelopes(at, hashes, hashes, List.of("example.org"), false);
        return index.recordCatch(SENDER, caught, true, false);
    }

    @Test
    void tierChanges_areLoggedWithCause_andCounted() {
        catchAt(T, 7);
        catchAt(T + 60, 8);
        index.recordVisit(new TrustVisit(SENDER, T + 600, 7, false, VisitResult.ASKED, true), null);
        assertThat(lines)
                .containsExactly(
                        "sender 192.0.2.1: tier none -> suspect until 2027-01-16T08:00:00Z: first catch",
                        "sender 192.0.2.1: tier suspect -> cleared until 2027-01-16T08:10:00Z: returned to primary");
        assertThat(events.tierChangeCounts())
                .isEqualTo(Map.of(TrustCause.FIRST_CATCH, 1L, TrustCause.RETURNED_TO_PRIMARY, 1L));
        assertThat(events.hours().all()).hasSize(1).allMatch(hour -> hour.count(Counted.CLEARED) == 1);
        assertThat(events.clearCount(TrustCause.RETURNED_TO_PRIMARY)).isEqualTo(1);
        assertThat(events.clearCount(TrustCause.FIRST_CATCH)).isZero();
    }

    @Test
    void catches_areLogged_whateverFollows() {
        events.recordCatch(SENDER, 12.5, catchAt(T, 7), true);
        events.recordCatch(SENDER, 10, catchAt(T + 60, 7), false);
        events.recordBelowThreshold(SENDER, 6, 10);
        events.recordSkipped(SENDER, SkipReason.OUTAGE);
        events.recordWithdrawn(SENDER, SkipReason.WITNESSED);
        assertThat(lines)
                .endsWith(
                        "sender 192.0.2.1: caught, 12.5 points, suspect until 2027-01-16T08:00:00Z: first catch",
                        "sender 192.0.2.1: caught, 10 points, suspect until 2027-01-16T08:00:00Z: repeated",
                        "sender 192.0.2.1: caught, 6 points, not listed: below the threshold of 10",
                        "sender 192.0.2.1: caught, does not count: outage",
                        "sender 192.0.2.1: its sessions do not count any more: witnessed");
        assertThat(events.catchCounts())
                .hasSize(2 + SkipReason.values().length)
                .hasEntrySatisfying("counted", count -> assertThat(count.sum()).isEqualTo(1))
                .hasEntrySatisfying(
                        "below_threshold", count -> assertThat(count.sum()).isEqualTo(1))
                .hasEntrySatisfying("outage", count -> assertThat(count.sum()).isEqualTo(1))
                .hasEntrySatisfying(
                        "witnessed", count -> assertThat(count.sum()).isZero());
    }
}
