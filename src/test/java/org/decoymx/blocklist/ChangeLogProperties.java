package org.decoymx.blocklist;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.Tier;

/** Applying the changes since a version to its entries gives the current entries, in each tier. */
class ChangeLogProperties {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");

    private static final Arbitrary<Tier> TIERS = Arbitraries.of(Tier.NONE, Tier.SUSPECT, Tier.CONFIRMED, Tier.CLEARED);

    /** A sender gets a tier for some seconds, or leaves the list, and then some seconds pass. */
    private record ListingStep(IpPrefix origin, Tier tier, int listedSeconds, int passedSeconds) {}

    /** The entries of a filter in one version, as a consumer has read them. */
    private record ReadFeed(TierFilter filter, long version, Set<String> entries) {}

    @Provide
    Arbitrary<List<ListingStep>> steps() {
        Arbitrary<IpPrefix> v4 =
                Arbitraries.longs().between(0, 7).map(host -> IpPrefix.ofBits(false, 0xc0000200L + host));
        Arbitrary<IpPrefix> v6 = Arbitraries.longs().between(0, 3).map(network -> IpPrefix.ofBits(true, network << 62));
        return Combinators.combine(
                        Arbitraries.oneOf(v4, v6),
                        TIERS,
                        Arbitraries.integers().between(1, 20),
                        Arbitraries.integers().between(0, 3))
                .as(ListingStep::new)
                .list()
                .ofMaxSize(40);
    }

    private static Set<String> texts(Blocklist blocklist, TierFilter filter) {
        return Stream.of(false, true)
                .flatMap(
                        v6 -> StreamSupport.stream(blocklist.entries(v6, filter).spliterator(), false))
                .map(BlocklistEntry::text)
                .collect(Collectors.toSet());
    }

    /** A step in which the sender is listed without a tier is that of a sender of an older version: a suspect. */
    private static void apply(ListingStep step, Policy policy, BlocklistPublisher publisher, Instant now) {
        long second = now.getEpochSecond();
        long until = second + step.listedSeconds();
        if (step.tier() == Tier.NONE) {
            policy.trust().forget(step.origin());
        } else {
            BlocklistPublishers.setTier(policy, step.origin(), step.tier(), second, until);
        }
        publisher.evaluate(List.of(BlocklistPublishers.sender(step.origin(), second, until)), now);
    }

    @Property
    void changesSince_anyKnownVersion_leadToCurrentEntriesOfEachTier(@ForAll("steps") List<ListingStep> steps) {
        Policy policy = BlocklistPublishers.policy(PolicyMode.ENFORCE, 4, new ExemptNetworks());
        BlocklistPublisher publisher = BlocklistPublishers.of(policy, T);
        Set<ReadFeed> read = new HashSet<>();
        Instant now = T;
        for (ListingStep step : steps) {
            readAll(publisher.servedBlocklist(), read);
            apply(step, policy, publisher, now);
            now = now.plusSeconds(step.passedSeconds());
            publisher.publish(now);
        }
        Blocklist current = publisher.servedBlocklist();
        readAll(current, read);
        read.forEach(feed -> assertLeadsTo(current, feed));
        for (TierFilter filter : TierFilter.values()) {
            assertThat(current.size(filter)).isEqualTo(texts(current, filter).size());
            assertThat(current.changeLog().changesSince(T.getEpochSecond() - 1, filter))
                    .isEmpty();
            assertThat(current.changeLog().changesSince(current.version() + 1, filter))
                    .isEmpty();
        }
    }

    /** A consumer gets the version of a filter from the feed, and that of the blocklist from the changes. */
    private static void readAll(Blocklist blocklist, Set<ReadFeed> read) {
        for (TierFilter filter : TierFilter.values()) {
            read.add(new ReadFeed(filter, blocklist.version(), texts(blocklist, filter)));
            read.add(new ReadFeed(filter, blocklist.version(filter), texts(blocklist, filter)));
        }
    }

    private static void assertLeadsTo(Blocklist current, ReadFeed feed) {
        Set<String> entries = new HashSet<>(feed.entries());
        long last = feed.version();
        for (VersionChange change :
                current.changeLog().changesSince(feed.version(), feed.filter()).orElseThrow()) {
            assertThat(change.version()).isGreaterThan(last);
            last = change.version();
            apply(change, feed.filter(), entries);
        }
        assertThat(entries).as("%s", feed).isEqualTo(texts(current, feed.filter()));
        assertThat(last).isBetween(current.version(feed.filter()), current.version());
    }

    private static void apply(VersionChange change, TierFilter filter, Set<String> entries) {
        for (boolean v6 : new boolean[] {false, true}) {
            change.removed(v6, filter).forEach(entry -> assertThat(entries.remove(entry.text()))
                    .as("%s was there", entry.text())
                    .isTrue());
            change.added(v6, filter).forEach(entry -> assertThat(entries.add(entry.text()))
                    .as("%s was not there", entry.text())
                    .isTrue());
        }
    }

    /** What happens to a confirmed address in a network is a change for the confirmed only. */
    @Example
    void confirmedAddress_inANetwork_isAChangeOfTheConfirmed() {
        Policy policy = BlocklistPublishers.policy(PolicyMode.ENFORCE, 2, new ExemptNetworks());
        BlocklistPublisher publisher = BlocklistPublishers.of(policy, T);
        IpPrefix origin = IpPrefix.ofBits(false, 0xc0000201L);
        IpPrefix neighbor = IpPrefix.ofBits(false, 0xc0000202L);
        apply(new ListingStep(neighbor, Tier.SUSPECT, 1_000, 0), policy, publisher, T);
        apply(new ListingStep(origin, Tier.SUSPECT, 1_000, 0), policy, publisher, T);
        publisher.publish(T.plusSeconds(1));
        apply(new ListingStep(origin, Tier.CONFIRMED, 1_000, 0), policy, publisher, T.plusSeconds(2));
        publisher.publish(T.plusSeconds(2));
        ChangeLog log = publisher.servedBlocklist().changeLog();
        assertThat(changes(log, T.getEpochSecond(), TierFilter.ALL)).containsExactly("+192.0.2.0/24", "");
        assertThat(changes(log, T.getEpochSecond(), TierFilter.SUSPECT)).containsExactly("+192.0.2.0/24", "");
        assertThat(changes(log, T.getEpochSecond(), TierFilter.CONFIRMED)).containsExactly("", "+192.0.2.1");
    }

    /** A promotion is an addition for the confirmed, a removal for the suspects, and nothing for both. */
    @Example
    void promotion_andClearing_areChangesOfTheirTiers() {
        Policy policy = BlocklistPublishers.policy(PolicyMode.ENFORCE, 0, new ExemptNetworks());
        BlocklistPublisher publisher = BlocklistPublishers.of(policy, T);
        IpPrefix origin = IpPrefix.ofBits(false, 0xc0000201L);
        long start = T.getEpochSecond();
        Instant now = T;
        for (Tier tier : List.of(Tier.SUSPECT, Tier.CONFIRMED, Tier.CLEARED)) {
            now = now.plusSeconds(1);
            apply(new ListingStep(origin, tier, 1_000, 0), policy, publisher, now);
            publisher.publish(now);
        }
        ChangeLog log = publisher.servedBlocklist().changeLog();
        assertThat(changes(log, start, TierFilter.ALL)).containsExactly("+192.0.2.1", "", "-192.0.2.1");
        assertThat(changes(log, start, TierFilter.SUSPECT)).containsExactly("+192.0.2.1", "-192.0.2.1", "");
        assertThat(changes(log, start, TierFilter.CONFIRMED)).containsExactly("", "+192.0.2.1", "-192.0.2.1");
        assertThat(changes(log, start + 1, TierFilter.CONFIRMED)).containsExactly("+192.0.2.1", "-192.0.2.1");
    }

    private static List<String> changes(ChangeLog log, long since, TierFilter filter) {
        return log.changesSince(since, filter).orElseThrow().stream()
                .map(change -> Stream.concat(
                                change.removed(false, filter).map(entry -> "-" + entry.text()),
                                change.added(false, filter).map(entry -> "+" + entry.text()))
                        .collect(Collectors.joining()))
                .toList();
    }

    /** The feed of the confirmed may be older than the change log, if only suspects changed since. */
    @Example
    void confirmed_unchangedForLong_canStillBeFollowed() {
        Policy policy = BlocklistPublishers.policy(PolicyMode.ENFORCE, 0, new ExemptNetworks());
        BlocklistPublisher publisher = BlocklistPublishers.of(policy, T);
        IpPrefix origin = IpPrefix.ofBits(false, 0xc0000201L);
        apply(new ListingStep(origin, Tier.CONFIRMED, 1_000_000, 0), policy, publisher, T.plusSeconds(1));
        publisher.publish(T.plusSeconds(1));
        for (int i = 2; i <= ChangeLog.MAX_VERSIONS + 2; i++) {
            list(publisher, i, 1, T.plusSeconds(i));
        }
        Blocklist blocklist = publisher.servedBlocklist();
        long version = blocklist.version(TierFilter.CONFIRMED);
        assertThat(version).isEqualTo(T.getEpochSecond() + 1);
        assertThat(blocklist.changeLog().changesSince(version, TierFilter.CONFIRMED))
                .contains(List.of());
        assertThat(blocklist.changeLog().changesSince(version, TierFilter.ALL)).isEmpty();
        assertThat(blocklist.changeLog().changesSince(version - 1, TierFilter.CONFIRMED))
                .isEmpty();
    }

    @Example
    void changes_beyondMaxVersions_areDropped() {
        BlocklistPublisher publisher = BlocklistPublishers.of(PolicyMode.ENFORCE, 0, new ExemptNetworks(), T);
        long start = T.getEpochSecond();
        for (int i = 1; i <= ChangeLog.MAX_VERSIONS + 1; i++) {
            list(publisher, i, 1, T.plusSeconds(i));
        }
        ChangeLog changeLog = publisher.servedBlocklist().changeLog();
        assertThat(changeLog.changesSince(start, TierFilter.ALL)).isEmpty();
        assertThat(changeLog.changesSince(start + 1, TierFilter.ALL))
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
        assertThat(publisher.servedBlocklist().changeLog().changesSince(start, TierFilter.ALL))
                .isPresent();

        list(publisher, 2 * half, 1, T.plusSeconds(3));

        assertThat(publisher.servedBlocklist().changeLog().changesSince(start, TierFilter.ALL))
                .isEmpty();
        assertThat(publisher.servedBlocklist().changeLog().changesSince(start + 1, TierFilter.ALL))
                .isPresent();

        list(publisher, 4 * half, 2 * half + 1, T.plusSeconds(4));

        assertThat(publisher.servedBlocklist().changeLog().changesSince(start + 3, TierFilter.ALL))
                .isEmpty();
        assertThat(publisher.servedBlocklist().changeLog().changesSince(start + 4, TierFilter.ALL))
                .contains(List.of());
    }
}
