package org.decoymx.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.decoymx.admin.SenderHighlights.Doubt;
import org.decoymx.admin.SenderHighlights.DoubtfulSender;
import org.decoymx.admin.SenderHighlights.NetworkCount;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.PrimaryVisits;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.Tier;
import org.junit.jupiter.api.Test;

class SenderHighlightsTest {
    private static final Instant NOW = Instant.parse("2026-01-10T12:00:00Z");
    private static final long HOUR = 3_600;

    private final PrimaryVisits visits = new PrimaryVisits();
    private final Policy policy = PolicyFixtures.of(
            PolicyFixtures.settings(PolicyMode.ENFORCE, Duration.ofDays(3)),
            new ExemptNetworks(),
            visits,
            PolicyFixtures.outages(Duration.ZERO));
    private final SenderHighlights highlights = new SenderHighlights(policy, visits, NOW);

    private static IpPrefix origin(String address) {
        return IpText.parseHostNetwork(address).orElseThrow();
    }

    private void addListed(String address, long hoursAgo) {
        Instant at = NOW.minusSeconds(hoursAgo * HOUR);
        Sender unscored = new Sender(origin(address), at, at, 1, 1, Set.of(), Set.of(), List.of(SenderScore.NONE));
        SenderScore score = PolicyFixtures.addPoints(PolicyFixtures.enforcing(Duration.ofDays(3)), unscored, 10, at);
        Sender listed = new Sender(unscored.origin(), at, at, 1, 1, Set.of(), Set.of(), List.of(score));
        highlights.addSender(listed, policy.tier(listed, NOW));
    }

    private void visit(String address, long hoursAgo) {
        visits.recordVisit(origin(address), NOW.minusSeconds(hoursAgo * HOUR), false);
    }

    @Test
    void listedSender_thatCameToThePrimarySince_isDoubtful() {
        visit("192.0.2.1", 1);
        addListed("192.0.2.1", 2);
        addListed("198.51.100.1", 2);
        assertThat(highlights.report().doubtful())
                .containsExactly(new DoubtfulSender(
                        origin("192.0.2.1"), Tier.SUSPECT, Doubt.SEEN_SINCE, NOW.minusSeconds(HOUR)));
    }

    @Test
    void listedSender_whoseNeighborCame_isDoubtful() {
        visit("192.0.2.77", 30);
        addListed("192.0.2.1", 2);
        assertThat(highlights.report().doubtful())
                .containsExactly(new DoubtfulSender(
                        origin("192.0.2.1"), Tier.SUSPECT, Doubt.NEIGHBOR_SEEN, NOW.minusSeconds(2 * HOUR)));
    }

    @Test
    void listedSender_thatCameBefore_isDoubtful() {
        visit("192.0.2.1", 3);
        addListed("192.0.2.1", 2);
        assertThat(highlights.report().doubtful())
                .containsExactly(new DoubtfulSender(
                        origin("192.0.2.1"), Tier.SUSPECT, Doubt.SEEN_BEFORE, NOW.minusSeconds(2 * HOUR)));
    }

    @Test
    void onlyTheLatest_areKept() {
        for (int host = 1; host <= 3 * SenderHighlights.MAX_DOUBTFUL; host++) {
            visit("192.0.2." + host, host);
            addListed("192.0.2." + host, 20);
        }
        assertThat(highlights.report().doubtful())
                .extracting(DoubtfulSender::origin)
                .containsExactly(
                        origin("192.0.2.1"),
                        origin("192.0.2.2"),
                        origin("192.0.2.3"),
                        origin("192.0.2.4"),
                        origin("192.0.2.5"));
    }

    @Test
    void networks_areCounted_theFullestFirst() {
        addListed("192.0.2.1", 2);
        addListed("192.0.99.1", 50);
        addListed("2001:db8::1", 2);
        addListed("2001:db8:ffff::1", 2);
        addListed("2001:db8:fffe::1", 2);
        addListed("255.255.0.1", 2);
        assertThat(highlights.report().networks())
                .containsExactly(
                        new NetworkCount(IpText.parseNetwork("2001:db8::/32"), 3),
                        new NetworkCount(IpText.parseNetwork("192.0.0.0/16"), 2),
                        new NetworkCount(IpText.parseNetwork("255.255.0.0/16"), 1));
        assertThat(highlights.report().newlyListed()).isEqualTo(5);
    }
}
