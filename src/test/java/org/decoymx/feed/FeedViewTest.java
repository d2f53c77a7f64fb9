package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.blocklist.BlocklistPublishers;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.feed.FeedFilter.FamilyFilter;
import org.decoymx.ledger.Node;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.Tier;
import org.junit.jupiter.api.Test;

class FeedViewTest {
    private static final Blocklist LISTING = listing();

    /** 192.0.2.0 to 192.0.2.3 with 10, 20, 30 and 40 points, and 2001:db8::/64 with 15; 192.0.2.2 is confirmed. */
    private static Blocklist listing() {
        Policy policy = BlocklistPublishers.policy(PolicyMode.ENFORCE, 0, new ExemptNetworks());
        BlocklistPublisher publisher = BlocklistPublishers.of(policy, FixedFeedView.LISTED_AT);
        long now = FixedFeedView.LISTED_AT.getEpochSecond();
        BlocklistPublishers.setTier(policy, IpPrefix.ofBits(false, 0xc0000202L), Tier.CONFIRMED, now, now + 3_600);
        Stream<Sender> v4 = IntStream.range(0, 4)
                .mapToObj(host -> sender(IpPrefix.ofBits(false, 0xc0000200L + host), 10 * (host + 1)));
        BlocklistPublishers.evaluate(
                publisher,
                Stream.concat(v4, Stream.of(sender(IpPrefix.ofBits(true, 0x20010db8L << 32), 15)))
                        .toList(),
                FixedFeedView.LISTED_AT);
        BlocklistPublishers.publish(publisher, FixedFeedView.LISTED_AT.plusSeconds(1));
        return publisher.servedBlocklist();
    }

    private static Sender sender(IpPrefix origin, double points) {
        long now = FixedFeedView.LISTED_AT.getEpochSecond();
        return new Sender(
                origin,
                FixedFeedView.LISTED_AT,
                FixedFeedView.LISTED_AT,
                1,
                1,
                Set.of(),
                Set.of(),
                List.of(new SenderScore(points, now, 1, now, now + 3_600, 0)));
    }

    private static List<String> entries(FeedFilter filter) {
        FeedView view = new FeedView(LISTING, filter, FixedFeedView.LISTED_AT);
        List<String> texts = StreamSupport.stream(view.entries().spliterator(), false)
                .map(BlocklistEntry::text)
                .toList();
        assertThat(view.size()).isEqualTo(texts.size());
        return texts;
    }

    @Test
    void noFilter_selectsAllEntries() {
        assertThat(entries(FeedFilter.of(TierFilter.ALL)))
                .containsExactly("192.0.2.0", "192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::/64");
    }

    @Test
    void family_selectsItsEntries() {
        assertThat(entries(FeedFilter.of(FamilyFilter.V4, TierFilter.ALL)))
                .hasSize(4)
                .allMatch(text -> text.startsWith("192.0.2."));
        assertThat(entries(FeedFilter.of(FamilyFilter.V6, TierFilter.ALL))).containsExactly("2001:db8::/64");
    }

    @Test
    void tier_selectsItsEntries() {
        assertThat(entries(FeedFilter.of(TierFilter.CONFIRMED))).containsExactly("192.0.2.2");
        assertThat(entries(FeedFilter.of(TierFilter.SUSPECT)))
                .containsExactly("192.0.2.0", "192.0.2.1", "192.0.2.3", "2001:db8::/64");
        assertThat(entries(FeedFilter.of(FamilyFilter.V6, TierFilter.CONFIRMED)))
                .isEmpty();
        assertThat(entries(new FeedFilter(FamilyFilter.V4, TierFilter.SUSPECT, 20, false)))
                .containsExactly("192.0.2.1", "192.0.2.3");
        assertThat(entries(new FeedFilter(FamilyFilter.V4, TierFilter.SUSPECT, 0, true)))
                .containsExactly("192.0.2.0/31", "192.0.2.3");
    }

    @Test
    void minPoints_selectsByPoints() {
        assertThat(entries(new FeedFilter(FamilyFilter.BOTH, TierFilter.ALL, 20, false)))
                .containsExactly("192.0.2.1", "192.0.2.2", "192.0.2.3");
        assertThat(entries(new FeedFilter(FamilyFilter.BOTH, TierFilter.ALL, 41, false)))
                .isEmpty();
    }

    @Test
    void aggregate_mergesOnlySelectedEntries() {
        assertThat(entries(new FeedFilter(FamilyFilter.BOTH, TierFilter.ALL, 0, true)))
                .containsExactly("192.0.2.0/30", "2001:db8::/64");
        assertThat(entries(new FeedFilter(FamilyFilter.V4, TierFilter.ALL, 20, true)))
                .containsExactly("192.0.2.1", "192.0.2.2/31");
    }

    @Test
    void versions_ofNodesThatShareTheirList_sayWhichNode() {
        Policy policy = BlocklistPublishers.policy(PolicyMode.ENFORCE, 0, new ExemptNetworks());
        BlocklistPublisher publisher = BlocklistPublishers.of(policy, FixedFeedView.LISTED_AT);
        BlocklistPublishers.publishFirst(publisher, new Node("mx1"), FixedFeedView.LISTED_AT);
        long first = publisher.servedBlocklist().version();
        BlocklistPublishers.evaluate(
                publisher, List.of(sender(IpPrefix.ofBits(false, 0xc0000200L), 10)), FixedFeedView.LISTED_AT);
        BlocklistPublishers.publish(publisher, FixedFeedView.LISTED_AT.plusSeconds(1));
        FeedView view =
                new FeedView(publisher.servedBlocklist(), FeedFilter.of(TierFilter.ALL), FixedFeedView.LISTED_AT);

        String version = (first + 1) + "-" + publisher.servedBlocklist().node();
        assertThat(version).matches("1767225601-[0-9a-f]{6}");
        assertThat(FixedFeedView.render(new NdjsonChanges(first), view))
                .isEqualTo("{\"op\":\"add\",\"ip\":\"192.0.2.0\"}\n{\"op\":\"version\",\"version\":\"" + version
                        + "\"}\n");
        assertThat(FixedFeedView.render(new SseChanges(first), view))
                .endsWith("data: {\"op\":\"version\",\"version\":\"" + version + "\"}\nid: " + version + "\n\n");
        assertThat(FeedFormat.headerComment(view, "#")).contains("# version " + version + ", of 2026-01-01T00:00:01Z,");
    }
}
