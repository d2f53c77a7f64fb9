package org.decoymx.blocklist;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.PublishedVersion;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SenderScore;
import org.decoymx.smtp.protocol.Trait;
import org.junit.jupiter.api.Test;

class BlocklistPublisherTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration TTL = Duration.ofHours(1);
    private static final Policy POLICY = PolicyFixtures.enforcing(TTL);

    private final BlocklistPublisher publisher = new BlocklistPublisher(POLICY, T.plusMillis(500), false);

    private static Sender listedSender(String address, Instant at) {
        return listedSender(IpText.parseHostNetwork(address).orElseThrow(), at);
    }

    private static Sender listedSender(IpPrefix origin, Instant at) {
        SenderScore score = new SenderScore(
                10, at.getEpochSecond(), 1, at.getEpochSecond(), at.plus(TTL).getEpochSecond(), 0);
        return new Sender(origin, T, at, 1, 1, EnumSet.noneOf(Trait.class), Set.of(), List.of(score));
    }

    private void evaluate(String address, Instant at) {
        publisher.evaluate(List.of(listedSender(address, at)), at);
    }

    private List<String> listed() {
        return listed(publisher.servedBlocklist());
    }

    private static List<String> listed(Blocklist blocklist) {
        return StreamSupport.stream(blocklist.spliterator(), false)
                .map(entry -> entry.network().toString())
                .toList();
    }

    @Test
    void blocklist_atStart_isEmptyAndOfAWholeSecond() {
        assertThat(publisher.servedBlocklist()).isEmpty();
        assertThat(publisher.servedBlocklist().modified()).isEqualTo(T);
        assertThat(publisher.servedBlocklist().mode()).isEqualTo(PolicyMode.ENFORCE);
    }

    @Test
    void observeMode_evaluatesSenders_andServesTheEmptyBlocklist() {
        BlocklistPublisher observer = BlocklistPublishers.of(PolicyMode.OBSERVE, 0, new ExemptNetworks(), T);
        Blocklist served = observer.servedBlocklist();
        observer.evaluate(List.of(listedSender("192.0.2.1", T)), T);
        observer.publishFirst(T.plusSeconds(1));
        observer.evaluate(List.of(listedSender("192.0.2.2", T)), T);
        observer.publish(T.plusSeconds(2));
        assertThat(observer.servedBlocklist()).isSameAs(served).isEmpty();
        assertThat(served.mode()).isEqualTo(PolicyMode.OBSERVE);
        assertThat(served.modified()).isEqualTo(T);
        assertThat(listed(observer.evaluatedBlocklist())).containsExactly("192.0.2.1", "192.0.2.2");
        assertThat(observer.evaluatedBlocklist().modified()).isEqualTo(T.plusSeconds(2));
        assertThat(observer.evaluatedBlocklist().mode()).isEqualTo(PolicyMode.OBSERVE);
    }

    @Test
    void enforceMode_servesTheEvaluatedBlocklist() {
        evaluate("192.0.2.1", T);
        publisher.publish(T.plusSeconds(1));
        assertThat(publisher.evaluatedBlocklist()).isSameAs(publisher.servedBlocklist());
    }

    @Test
    void addresses_atTheThreshold_areAggregated_whileEnoughAreListed() {
        BlocklistPublisher aggregating = BlocklistPublishers.of(PolicyMode.ENFORCE, 2, new ExemptNetworks(), T);
        aggregating.evaluate(
                List.of(
                        listedSender("192.0.2.1", T),
                        listedSender("192.0.2.2", T.plusSeconds(5)),
                        listedSender("192.0.3.1", T)),
                T);
        aggregating.publishFirst(T);
        assertThat(texts(aggregating)).containsExactly("192.0.2.0/24", "192.0.3.1");
        aggregating.evaluate(List.of(listedSender("192.0.3.9", T.plusSeconds(9))), T);
        aggregating.publish(T.plusSeconds(1));
        assertThat(texts(aggregating)).containsExactly("192.0.2.0/24", "192.0.3.0/24");
        aggregating.publish(T.plus(TTL));
        assertThat(texts(aggregating)).containsExactly("192.0.2.2", "192.0.3.9");
    }

    @Test
    void addressInAggregatedNetwork_scoredAgain_publishesNoNewVersion() {
        BlocklistPublisher aggregating = BlocklistPublishers.of(PolicyMode.ENFORCE, 2, new ExemptNetworks(), T);
        aggregating.evaluate(List.of(listedSender("192.0.2.1", T), listedSender("192.0.2.2", T)), T);
        aggregating.publish(T.plusSeconds(1));
        Blocklist before = aggregating.servedBlocklist();
        aggregating.evaluate(
                List.of(listedSender("192.0.2.2", T.plusSeconds(9)), listedSender("192.0.2.3", T.plusSeconds(9))), T);
        aggregating.publish(T.plusSeconds(10));
        assertThat(aggregating.servedBlocklist()).isSameAs(before);
    }

    @Test
    void exemption_addedAndRemoved_changesAggregation_withoutALedgerCommit() {
        ExemptNetworks exempt = new ExemptNetworks();
        BlocklistPublisher aggregating = BlocklistPublishers.of(PolicyMode.ENFORCE, 2, exempt, T);
        aggregating.evaluate(List.of(listedSender("192.0.2.1", T), listedSender("192.0.2.2", T)), T);
        aggregating.publish(T.plusSeconds(1));
        assertThat(texts(aggregating)).containsExactly("192.0.2.0/24");
        exempt.replaceSource("test", List.of(Exemption.of(IpText.parseNetwork("192.0.2.99"), "a friend")));
        aggregating.publish(T.plusMillis(1_200));
        aggregating.publish(T.plusSeconds(2));
        assertThat(texts(aggregating)).containsExactly("192.0.2.1", "192.0.2.2");
        exempt.replaceSource("test", List.of());
        aggregating.publish(T.plusSeconds(3));
        assertThat(texts(aggregating)).containsExactly("192.0.2.0/24");
    }

    /** As the timer does it, with more networks than are checked at each call. */
    @Test
    void exemption_whileChangesComeEachSecond_releasesItsNetworkWithinTwo() {
        ExemptNetworks exempt = new ExemptNetworks();
        BlocklistPublisher aggregating = BlocklistPublishers.of(PolicyMode.ENFORCE, 2, exempt, T);
        aggregating.evaluate(
                IntStream.range(0, 60_000)
                        .mapToObj(i -> listedSender(IpPrefix.ofBits(false, ((long) i / 2 << 8) + i % 2), T))
                        .toList(),
                T);
        for (int second = 1; second < 40; second += 3) {
            IpPrefix friend = IpPrefix.ofBits(false, second * 0x300L << 8);
            Instant from = T.plusSeconds(second);
            Instant exemptAt = from.plusMillis(200L * (second % 5));
            for (int millis = 0; millis < 3_000; millis += 200) {
                Instant now = from.plusMillis(millis);
                if (now.equals(exemptAt)) {
                    exempt.replaceSource("test", List.of(Exemption.of(friend, "a friend")));
                }
                evaluate(aggregating, now);
                aggregating.publish(now);
                boolean released = aggregating.servedBlocklist().findEntry(friend).stream()
                        .allMatch(Blocklist.BlocklistEntry::isAddress);
                assertThat(released || now.isBefore(exemptAt.plusSeconds(2))).isTrue();
            }
            assertThat(aggregating.servedBlocklist().modified()).isEqualTo(from.plusSeconds(2));
        }
    }

    private static void evaluate(BlocklistPublisher aggregating, Instant now) {
        aggregating.evaluate(
                List.of(listedSender(IpPrefix.ofBits(false, 0xc000_0200L + now.getEpochSecond() % 100 * 256), now)),
                now);
    }

    private static List<String> texts(BlocklistPublisher publisher) {
        return StreamSupport.stream(publisher.servedBlocklist().spliterator(), false)
                .map(Blocklist.BlocklistEntry::text)
                .toList();
    }

    @Test
    void sender_evaluated_isPublishedInTheNextSecond() {
        evaluate("192.0.2.1", T.plusMillis(600));
        publisher.publish(T.plusMillis(900));
        assertThat(listed()).isEmpty();
        publisher.publish(T.plusMillis(1_100));
        assertThat(listed()).containsExactly("192.0.2.1");
        assertThat(publisher.servedBlocklist().modified()).isEqualTo(T.plusSeconds(1));
        assertThat(publisher.servedBlocklist().version()).isEqualTo(T.getEpochSecond() + 1);
    }

    @Test
    void versions_ofTwoChanges_areOneSecondApart() {
        evaluate("192.0.2.2", T);
        publisher.publish(T.plusMillis(1_000));
        evaluate("192.0.2.1", T.plusMillis(1_001));
        publisher.publish(T.plusMillis(1_200));
        assertThat(listed()).containsExactly("192.0.2.2");
        publisher.publish(T.plusMillis(2_000));
        assertThat(listed()).containsExactly("192.0.2.1", "192.0.2.2");
        assertThat(publisher.servedBlocklist().modified()).isEqualTo(T.plusSeconds(2));
    }

    @Test
    void publish_withoutChanges_publishesNoNewVersion() {
        evaluate("192.0.2.1", T);
        publisher.publish(T.plusSeconds(1));
        Blocklist before = publisher.servedBlocklist();
        publisher.publish(T.plusSeconds(5));
        publisher.evaluate(List.of(listedSender("192.0.2.1", T)), T.plusSeconds(6));
        publisher.publish(T.plusSeconds(7));
        assertThat(publisher.servedBlocklist()).isSameAs(before);
    }

    @Test
    void sender_scoredAgain_isListedLonger() {
        evaluate("192.0.2.1", T);
        publisher.publish(T.plusSeconds(1));
        evaluate("192.0.2.1", T.plusSeconds(60));
        publisher.publish(T.plusSeconds(61));
        publisher.publish(T.plus(TTL).plusSeconds(1));
        assertThat(listed()).containsExactly("192.0.2.1");
        publisher.publish(T.plus(TTL).plusSeconds(60));
        assertThat(listed()).isEmpty();
    }

    @Test
    void sender_expired_isRemovedInThatSecond() {
        evaluate("192.0.2.1", T);
        evaluate("192.0.2.2", T.plusSeconds(10));
        publisher.publish(T.plusSeconds(11));
        publisher.publish(T.plus(TTL).minusMillis(1));
        assertThat(listed()).containsExactly("192.0.2.1", "192.0.2.2");
        publisher.publish(T.plus(TTL));
        assertThat(listed()).containsExactly("192.0.2.2");
        assertThat(publisher.servedBlocklist().modified()).isEqualTo(T.plus(TTL));
    }

    @Test
    void sender_evaluatedAfterExpiry_isRemoved() {
        evaluate("192.0.2.1", T);
        publisher.publish(T.plusSeconds(1));
        publisher.evaluate(List.of(listedSender("192.0.2.1", T)), T.plus(TTL));
        publisher.publish(T.plus(TTL));
        assertThat(listed()).isEmpty();
    }

    @Test
    void clock_slightlySetBack_neverLowersTheVersion() {
        evaluate("192.0.2.1", T);
        publisher.publish(T.plusSeconds(100));
        evaluate("192.0.2.2", T.plusSeconds(98));
        publisher.publish(T.plusSeconds(99));
        assertThat(publisher.servedBlocklist().modified()).isEqualTo(T.plusSeconds(100));
        publisher.publish(T.plusSeconds(101));
        assertThat(listed()).containsExactly("192.0.2.1", "192.0.2.2");
    }

    @Test
    void blocklist_published_isNotChangedLater() {
        evaluate("192.0.2.1", T);
        evaluate("2001:db8::1", T);
        publisher.publish(T.plusSeconds(1));
        Blocklist published = publisher.servedBlocklist();
        evaluate("192.0.2.1", T.plusSeconds(60));
        evaluate("192.0.2.2", T.plusSeconds(60));
        publisher.publish(T.plusSeconds(61));
        publisher.publish(T.plus(TTL).plusSeconds(60));
        assertThat(listed()).isEmpty();
        assertThat(listed(published)).containsExactly("192.0.2.1", "2001:db8::1");
        assertThat(published).allMatch(entry -> entry.until() == T.plus(TTL).getEpochSecond());
    }

    @Test
    void clock_setBack_doesNotStopPublishing() {
        evaluate("192.0.2.1", T);
        publisher.publish(T.plusSeconds(100));
        evaluate("192.0.2.2", T);
        publisher.publish(T.plusSeconds(5));
        assertThat(listed()).containsExactly("192.0.2.1", "192.0.2.2");
        assertThat(publisher.servedBlocklist().modified()).isEqualTo(T.plusSeconds(101));
    }

    @Test
    void clock_setBack_publishesOneVersionASecond() {
        evaluate("192.0.2.1", T);
        publisher.publish(T.plusSeconds(100));
        for (int i = 0; i < 10; i++) {
            evaluate("198.51.100." + i, T);
            publisher.publish(T.plusMillis(5_000 + 200L * i));
        }
        assertThat(publisher.servedBlocklist().modified()).isEqualTo(T.plusSeconds(102));
        assertThat(listed()).hasSize(7);
    }

    @Test
    void clock_steppingAheadAndBack_keepsVersionsAndTheirChangesInOrder() {
        long days = Duration.ofDays(100).toSeconds();
        List<Instant> versions =
                new ArrayList<>(List.of(publisher.servedBlocklist().modified()));
        long[] seconds = {10, 20, 20 + days, 30 + days, 40, -86_400, -86_390, 60, 70 + days, 80};
        for (int i = 0; i < seconds.length; i++) {
            Instant now = T.plusSeconds(seconds[i]);
            evaluate("198.51.100." + i, now);
            publisher.publish(now);
            versions.add(publisher.servedBlocklist().modified());
        }
        assertThat(versions).isSorted().doesNotHaveDuplicates();
        Blocklist latest = publisher.servedBlocklist();
        assertThat(latest.changeLog().changesSince(versions.get(0).getEpochSecond(), TierFilter.ALL))
                .hasValueSatisfying(changes -> assertThat(changes)
                        .extracting(ChangeLog.VersionChange::version)
                        .containsExactlyElementsOf(versions.stream()
                                .skip(1)
                                .map(Instant::getEpochSecond)
                                .toList()));
    }

    @Test
    void sender_evaluatedWithoutNewPoints_isNotListedLonger() {
        evaluate("192.0.2.1", T);
        evaluate("192.0.2.2", T.plusSeconds(60));
        publisher.evaluate(List.of(listedSender("192.0.2.1", T)), T.plusSeconds(120));
        publisher.publish(T.plusSeconds(121));
        publisher.publish(T.plus(TTL));
        assertThat(listed()).containsExactly("192.0.2.2");
    }

    @Test
    void sender_scoredAgain_publishesNoNewVersion_beforeThePublishedExpiry() {
        evaluate("192.0.2.1", T);
        publisher.publish(T.plusSeconds(1));
        Blocklist before = publisher.servedBlocklist();
        evaluate("192.0.2.1", T.plusSeconds(60));
        publisher.publish(T.plusSeconds(61));
        publisher.publish(T.plus(TTL).minusSeconds(1));
        assertThat(publisher.servedBlocklist()).isSameAs(before);
        publisher.publish(T.plus(TTL));
        assertThat(publisher.servedBlocklist())
                .isNotSameAs(before)
                .extracting(Blocklist.BlocklistEntry::until)
                .containsExactly(T.plus(TTL).plusSeconds(60).getEpochSecond());
        assertThat(publisher.servedBlocklist().changeLog().changesSince(before.version(), TierFilter.ALL))
                .hasValueSatisfying(
                        changes -> assertThat(changes).singleElement().satisfies(change -> {
                            assertThat(change.added(false, TierFilter.ALL)).isEmpty();
                            assertThat(change.removed(false, TierFilter.ALL)).isEmpty();
                        }));
    }

    @Test
    void sender_listedAndRemovedWithinASecond_publishesNoNewVersion() {
        Blocklist before = publisher.servedBlocklist();
        evaluate("192.0.2.1", T);
        publisher.evaluate(List.of(listedSender("192.0.2.1", T)), T.plus(TTL));
        publisher.publish(T.plus(TTL));
        assertThat(publisher.servedBlocklist()).isSameAs(before);
    }

    @Test
    void publishFirst_withinTheSecondOfTheStart_listsStoredSenders() {
        publisher.evaluate(List.of(listedSender("192.0.2.1", T.minusSeconds(60))), T);
        publisher.publishFirst(T.plusMillis(900));
        assertThat(listed()).containsExactly("192.0.2.1");
        assertThat(publisher.servedBlocklist().modified()).isEqualTo(T);
        evaluate("192.0.2.2", T.plusMillis(901));
        publisher.publish(T.plusMillis(950));
        assertThat(listed()).containsExactly("192.0.2.1");
        publisher.publish(T.plusMillis(1_000));
        assertThat(listed()).containsExactly("192.0.2.1", "192.0.2.2");
    }

    @Test
    void publishFirst_afterTheStart_hasItsOwnSecond() {
        publisher.publishFirst(T.plusMillis(2_700));
        assertThat(publisher.servedBlocklist().modified()).isEqualTo(T.plusSeconds(2));
    }

    @Test
    void publishFirst_withTheClockSetBack_doesNotLowerTheVersion() {
        publisher.publishFirst(T.minusSeconds(100));
        assertThat(publisher.servedBlocklist().modified()).isEqualTo(T);
    }

    /** A client has the version of a run whose clock was ahead. */
    @Test
    void clock_setBackBetweenTwoRuns_doesNotLowerTheVersion() {
        Policy policy = PolicyFixtures.enforcing(TTL);
        policy.trust().publishedVersion().load(T.plusSeconds(3_600).getEpochSecond());
        BlocklistPublisher next = new BlocklistPublisher(policy, T, false);
        next.publishFirst(T);
        long first = next.servedBlocklist().version();
        assertThat(first)
                .isGreaterThan(
                        T.plusSeconds(3_600 + PublishedVersion.STORE_INTERVAL).getEpochSecond());
        next.evaluate(List.of(listedSender("192.0.2.1", T)), T);
        next.publish(T.plusSeconds(1));
        assertThat(next.servedBlocklist().version()).isEqualTo(first + 1);
        assertThat(policy.trust().publishedVersion().latest()).isEqualTo(first + 1);
    }

    /** Alone, a node need not make all consumers fetch the list again for that. */
    @Test
    void extension_ofSharedList_isPublished() {
        for (boolean shared : new boolean[] {false, true}) {
            BlocklistPublisher one = new BlocklistPublisher(POLICY, T, shared);
            one.evaluate(List.of(listedSender("192.0.2.1", T)), T);
            one.publish(T.plusSeconds(1));
            one.evaluate(List.of(listedSender("192.0.2.1", T)), T);
            one.publish(T.plusSeconds(2));
            assertThat(one.servedBlocklist().modified()).isEqualTo(T.plusSeconds(1));
            one.evaluate(List.of(listedSender("192.0.2.1", T.plusSeconds(2))), T.plusSeconds(2));
            one.publish(T.plusSeconds(3));
            assertThat(one.servedBlocklist().modified()).isEqualTo(T.plusSeconds(shared ? 3 : 1));
            assertThat(one.servedBlocklist().iterator().next().until())
                    .isEqualTo(T.plus(TTL).plusSeconds(shared ? 2 : 0).getEpochSecond());
        }
    }

    @Test
    void entries_aboveTheLimit_areEvicted_earliestExpiryFirst() {
        BlocklistPublisher small = new BlocklistPublisher(POLICY, T, false, 2);
        small.evaluate(
                List.of(
                        listedSender("2001:db8::1", T.minusSeconds(3)),
                        listedSender("192.0.2.1", T.minusSeconds(2)),
                        listedSender("192.0.2.2", T.minusSeconds(4)),
                        listedSender("192.0.2.3", T.minusSeconds(1))),
                T);
        small.publish(T.plusSeconds(1));
        assertThat(listed(small.servedBlocklist())).containsExactly("192.0.2.1", "192.0.2.3");
    }

    @Test
    void entries_aboveTheLimitWithTheSameExpiry_onlyTheExcessIsEvicted() {
        BlocklistPublisher small = new BlocklistPublisher(POLICY, T, false, 2);
        small.evaluate(
                List.of(
                        listedSender("2001:db8::1", T),
                        listedSender("192.0.2.1", T),
                        listedSender("192.0.2.2", T),
                        listedSender("2001:db9::1", T),
                        listedSender("2001:dba::1", T)),
                T);
        small.publish(T.plusSeconds(1));
        assertThat(listed(small.servedBlocklist())).containsExactly("2001:db9::1", "2001:dba::1");
    }

    @Test
    void changes_aboveMaxPending_areAllApplied() {
        int count = 2 * BlocklistPublisher.MAX_PENDING_CHANGES + 7;
        publisher.evaluate(
                IntStream.range(0, count)
                        .mapToObj(i -> listedSender(IpPrefix.ofBits(i % 3 == 0, i * 1_000_003L & 0xffff_ffffL), T))
                        .toList(),
                T);
        publisher.publish(T.plusSeconds(1));
        assertThat(publisher.servedBlocklist()).hasSize(count);
        assertThat(publisher.servedBlocklist().size()).isEqualTo(count);
        publisher.publish(T.plus(TTL));
        assertThat(publisher.servedBlocklist()).isEmpty();
    }
}
