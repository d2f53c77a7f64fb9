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
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.PolicyMode;

/** Applying the changes since a version to its entries gives the current entries. */
class ChangeLogProperties {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");

    /** A sender is listed for some seconds (0: delisted), and then some seconds pass. */
    private record ListingStep(IpPrefix origin, int listedSeconds, int passedSeconds) {}

    @Provide
    Arbitrary<List<ListingStep>> steps() {
        Arbitrary<IpPrefix> v4 =
                Arbitraries.longs().between(0, 7).map(host -> IpPrefix.ofBits(false, 0xc0000200L + host));
        Arbitrary<IpPrefix> v6 = Arbitraries.longs().between(0, 3).map(network -> IpPrefix.ofBits(true, network << 62));
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
    void changesSince_anyKnownVersion_leadToCurrentEntries(@ForAll("steps") List<ListingStep> steps) {
        BlocklistPublisher publisher = BlocklistPublishers.of(PolicyMode.ENFORCE, 4, new ExemptNetworks(), T);
        Map<Long, Set<String>> versions = new HashMap<>(Map.of(T.getEpochSecond(), Set.of()));
        Instant now = T;
        for (ListingStep step : steps) {
            long second = now.getEpochSecond();
            publisher.evaluate(
                    List.of(BlocklistPublishers.sender(step.origin(), second, second + step.listedSeconds())), now);
            now = now.plusSeconds(step.passedSeconds());
            publisher.publish(now);
            versions.put(publisher.servedBlocklist().version(), texts(publisher.servedBlocklist()));
        }
        Blocklist current = publisher.servedBlocklist();
        versions.forEach((version, listed) -> {
            List<VersionChange> changes =
                    current.changeLog().changesSince(version).orElseThrow();
            Set<String> entries = new HashSet<>(listed);
            long last = version;
            for (VersionChange change : changes) {
                assertThat(change.version()).isGreaterThan(last);
                last = change.version();
                apply(change, entries);
            }
            assertThat(entries).isEqualTo(texts(current));
            assertThat(last).isEqualTo(current.version());
        });
        assertThat(current.changeLog().changesSince(T.getEpochSecond() - 1)).isEmpty();
        assertThat(current.changeLog().changesSince(current.version() + 1)).isEmpty();
    }

    private static void apply(VersionChange change, Set<String> entries) {
        for (boolean v6 : new boolean[] {false, true}) {
            change.removed(v6).forEach(entry -> assertThat(entries.remove(entry.text()))
                    .as("%s was there", entry.text())
                    .isTrue());
            change.added(v6).forEach(entry -> assertThat(entries.add(entry.text()))
                    .as("%s was not there", entry.text())
                    .isTrue());
        }
    }

    @Example
    void changes_beyondMaxVersions_areDropped() {
        BlocklistPublisher publisher = BlocklistPublishers.of(PolicyMode.ENFORCE, 0, new ExemptNetworks(), T);
        long start = T.getEpochSecond();
        for (int i = 1; i <= ChangeLog.MAX_VERSIONS + 1; i++) {
            list(publisher, i, 1, T.plusSeconds(i));
        }
        ChangeLog changeLog = publisher.servedBlocklist().changeLog();
        assertThat(changeLog.changesSince(start)).isEmpty();
        assertThat(changeLog.changesSince(start + 1))
                .hasValueSatisfying(changes -> assertThat(changes).hasSize(ChangeLog.MAX_VERSIONS));
    }

    private static void list(BlocklistPublisher publisher, int from, int count, Instant now) {
        long end = T.plus(Duration.ofDays(9)).getEpochSecond();
        publisher.evaluate(
                IntStream.range(from, from + count)
                        .mapToObj(
                                host -> BlocklistPublishers.sender(IpPrefix.ofBits(false, 0x0b000000L + host), 0, end))
                        .toList(),
                now);
        publisher.publish(now);
    }

    @Example
    void changes_beyondMaxChanges_areDropped() {
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
