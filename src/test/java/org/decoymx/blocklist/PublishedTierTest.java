package org.decoymx.blocklist;

import static org.assertj.core.api.Assertions.assertThat;

import it.unimi.dsi.fastutil.longs.LongList;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.Sender;
import org.decoymx.policy.Tier;
import org.decoymx.policy.TrustVisit;
import org.decoymx.policy.Verdict;
import org.decoymx.policy.VisitResult;
import org.decoymx.sighting.CaughtEnvelopes;
import org.junit.jupiter.api.Test;

/** The tier of a sender in the list, and the sentences that go with it. */
class PublishedTierTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final IpPrefix ORIGIN = IpText.parseHostNetwork("192.0.2.1").orElseThrow();

    private final Policy policy = PolicyFixtures.enforcing(Duration.ofHours(24));
    private final BlocklistPublisher publisher = new BlocklistPublisher(policy, T, false);
    private final Sender sender =
            BlocklistPublishers.sender(ORIGIN, T.getEpochSecond(), T.getEpochSecond() + 24 * 3_600);

    private void catchAt(Instant at, long envelope) {
        policy.trust()
                .recordCatch(
                        ORIGIN,
                        new CaughtEnvelopes(
                                at.getEpochSecond(),
                                LongList.of(envelope),
                                LongList.of(envelope),
                                List.of("example.org"),
                                false),
                        true,
                        false);
    }

    private void visitAt(Instant at, long envelope) {
        policy.trust()
                .recordVisit(
                        new TrustVisit(ORIGIN, at.getEpochSecond(), envelope, false, VisitResult.ASKED, true), null);
    }

    private List<Tier> publishedTiers(Instant at) {
        publisher.evaluate(List.of(sender), at);
        publisher.publish(at);
        return publisher.servedBlocklist().findEntry(ORIGIN).stream()
                .map(Blocklist.BlocklistEntry::tier)
                .toList();
    }

    private String sentences(Instant at) {
        Verdict verdict = policy.evaluate(sender, at);
        return String.join(" ", verdict.reasons());
    }

    @Test
    void promotion_andClearing_areNewVersions() {
        for (long at = T.getEpochSecond(); at < T.getEpochSecond() + 14 * 3_600; at += 300) {
            policy.trust().reports().recordReport(at, List.of());
        }
        catchAt(T, 7);
        assertThat(publishedTiers(T.plusSeconds(1))).containsExactly(Tier.SUSPECT);
        assertThat(sentences(T.plusSeconds(1)))
                .contains("Mail from it is deferred, not rejected, until 2026-01-02 00:00 UTC or until it retries");

        Instant later = T.plus(Duration.ofHours(13));
        catchAt(later, 8);
        long before = publisher.servedBlocklist().version();
        assertThat(publishedTiers(later)).containsExactly(Tier.CONFIRMED);
        assertThat(publisher.servedBlocklist().version()).isGreaterThan(before);
        assertThat(policy.evaluate(sender, later).tier()).isEqualTo(Tier.CONFIRMED);
        assertThat(sentences(later)).contains("Mail from it is rejected until 2026-01-03 13:00 UTC");

        catchAt(later.plusSeconds(600), 8);
        assertThat(publishedTiers(later.plusSeconds(600)))
                .as("it came again with an envelope")
                .containsExactly(Tier.SUSPECT);
    }

    @Test
    void network_thatIsConfirmedByHand_isASuspectInTheList() {
        IpPrefix network = IpText.parsePrintedHostNetwork("2001:db8::/64").orElseThrow();
        long until = T.getEpochSecond() + 24 * 3_600;
        policy.trust().decide(network, new ManualDecision(Tier.CONFIRMED, T.getEpochSecond(), until, ""));
        publisher.evaluate(List.of(BlocklistPublishers.sender(network, T.getEpochSecond(), until)), T.plusSeconds(1));
        publisher.publish(T.plusSeconds(1));
        Blocklist published = publisher.servedBlocklist();
        assertThat(published.size(TierFilter.CONFIRMED)).isZero();
        assertThat(published.entries(true, TierFilter.CONFIRMED)).isEmpty();
        assertThat(published.findEntry(network).orElseThrow().tier()).isEqualTo(Tier.SUSPECT);
    }

    @Test
    void clearedSender_isNotListed_andTheSentencesSayWhy() {
        catchAt(T, 7);
        visitAt(T.plusSeconds(600), 7);
        assertThat(publishedTiers(T.plusSeconds(601))).isEmpty();
        assertThat(policy.evaluate(sender, T.plusSeconds(601)).tier()).isEqualTo(Tier.CLEARED);
        assertThat(sentences(T.plusSeconds(601)))
                .contains("tried again at our real server what had been deferred", "until 2026-01-02 00:10 UTC")
                .doesNotContain("It was listed");
    }
}
