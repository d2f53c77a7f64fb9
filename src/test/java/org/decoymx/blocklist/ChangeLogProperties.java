package org.decoymx.blocklist;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.ChangeLog.VersionChange;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.PolicyMode;

/** Whoever works in what has changed since a version has what is listed now. */
class ChangeLogProperties {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");

    /** A sender is listed for some seconds, or taken out, and some seconds go by. */
    private record ListingStep(Origin origin, int lasts, int seconds) {}

    @Provide
    Arbitrary<List<ListingStep>> turns() {
        Arbitrary<Origin> v4 = Arbitraries.longs().between(0, 7).map(host -> new Origin(false, 0xc0000200L + host));
        Arbitrary<Origin> v6 = Arbitraries.longs().between(0, 3).map(net -> new Origin(true, net << 62));
        return Combinators.combine(
                        Arbitraries.oneOf(v4, v6),
                        Arbitraries.integers().between(0, 20),
                        Arbitraries.integers().between(0, 3))
                .as(ListingStep::new)
                .list()
                .ofMaxSize(40);
    }

    private static Set<String> texts(Iterable<BlocklistEntry> entries) {
        return StreamSupport.stream(entries.spliterator(), false)
                .map(BlocklistEntry::text)
                .collect(Collectors.toSet());
    }

    @Property
    void stepsSinceAnyVersion_leadFromItsListToThePresentOne(@ForAll("turns") List<ListingStep> turns) {
        BlocklistPublisher publisher = BlocklistPublishers.of(PolicyMode.ENFORCE, 4, new ExemptNetworks(), T);
        Map<Long, Set<String>> versions = new HashMap<>(Map.of(T.getEpochSecond(), Set.of()));
        Instant now = T;
        for (ListingStep turn : turns) {
            long second = now.getEpochSecond();
            publisher.evaluate(List.of(BlocklistPublishers.sender(turn.origin(), second, second + turn.lasts())), now);
            now = now.plusSeconds(turn.seconds());
            publisher.publish(now);
            versions.put(publisher.servedBlocklist().version(), texts(publisher.servedBlocklist()));
        }
        Blocklist current = publisher.servedBlocklist();
        versions.forEach((version, listed) -> {
            List<VersionChange> steps =
                    current.changeLog().changesSince(version).orElseThrow();
            Set<String> followed = new HashSet<>(listed);
            long last = version;
            for (VersionChange step : steps) {
                assertThat(step.version()).isGreaterThan(last);
                last = step.version();
                work(step, followed);
            }
            assertThat(followed).isEqualTo(texts(current));
            assertThat(last).isEqualTo(current.version());
        });
        assertThat(current.changeLog().changesSince(T.getEpochSecond() - 1)).isEmpty();
        assertThat(current.changeLog().changesSince(current.version() + 1)).isEmpty();
    }

    private static void work(VersionChange step, Set<String> followed) {
        for (boolean v6 : new boolean[] {false, true}) {
            step.removed(v6).forEach(entry -> assertThat(followed.remove(entry.text()))
                    .as("%s was there", entry.text())
                    .isTrue());
            step.added(v6).forEach(entry -> assertThat(followed.add(entry.text()))
                    .as("%s was not there", entry.text())
                    .isTrue());
        }
    }

    @Example
    void soManySteps_areKept() {
        BlocklistPublisher publisher = BlocklistPublishers.of(PolicyMode.ENFORCE, 0, new ExemptNetworks(), T);
        long start = T.getEpochSecond();
        for (int i = 1; i <= ChangeLog.MAX_VERSIONS + 1; i++) {
            list(publisher, i, 1, T.plusSeconds(i));
        }
        ChangeLog history = publisher.servedBlocklist().changeLog();
        assertThat(history.changesSince(start)).isEmpty();
        assertThat(history.changesSince(start + 1))
                .hasValueSatisfying(steps -> assertThat(steps).hasSize(ChangeLog.MAX_VERSIONS));
    }

    private static void list(BlocklistPublisher publisher, int from, int count, Instant now) {
        long end = T.plus(Duration.ofDays(9)).getEpochSecond();
        publisher.evaluate(
                IntStream.range(from, from + count)
                        .mapToObj(host -> BlocklistPublishers.sender(new Origin(false, 0x0b000000L + host), 0, end))
                        .toList(),
                now);
        publisher.publish(now);
    }

    @Example
    void soManyChanges_areKept() {
        BlocklistPublisher publisher = BlocklistPublishers.of(PolicyMode.ENFORCE, 0, new ExemptNetworks(), T);
        long start = T.getEpochSecond();
        int half = ChangeLog.MAX_CHANGES / 2;
        list(publisher, 0, half, T.plusSeconds(1));
        list(publisher, half, half, T.plusSeconds(2));
        assertThat(publisher.servedBlocklist().changeLog().changesSince(start)).isPresent();

        list(publisher, 2 * half, 1, T.plusSeconds(3));

        assertThat(publisher.servedBlocklist().changeLog().changesSince(start)).isEmpty();
        assertThat(publisher.servedBlocklist().changeLog().changesSince(start + 1))
                .isPresent();

        list(publisher, 4 * half, 2 * half + 1, T.plusSeconds(4));

        assertThat(publisher.servedBlocklist().changeLog().changesSince(start + 3))
                .isEmpty();
        assertThat(publisher.servedBlocklist().changeLog().changesSince(start + 4))
                .contains(List.of());
    }
}
