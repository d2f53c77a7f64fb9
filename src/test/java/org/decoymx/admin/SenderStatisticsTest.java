package org.decoymx.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.PrimaryVisits;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.SkipReason;
import org.decoymx.policy.Tier;
import org.decoymx.smtp.protocol.Trait;
import org.junit.jupiter.api.Test;

class SenderStatisticsTest {
    private static final Instant NOW = Instant.parse("2026-01-10T12:00:00Z");
    private static final long HOUR = 3_600;
    private static final long DAY = 24 * HOUR;

    private final ExemptNetworks exemptNetworks = new ExemptNetworks();
    private final PrimaryVisits primaryVisits = new PrimaryVisits();
    private final Policy policy = PolicyFixtures.of(
            PolicyFixtures.settings(PolicyMode.OBSERVE, Duration.ofDays(1)),
            exemptNetworks,
            primaryVisits,
            PolicyFixtures.outages(Duration.ZERO));
    private final SenderStatistics statistics = new SenderStatistics(policy, primaryVisits, NOW);

    private static IpPrefix origin(int host) {
        return IpText.parseHostNetwork("198.51.100." + host).orElseThrow();
    }

    /** A sender that was scored some seconds ago; with ten points or more it was listed. */
    private static Sender sender(int host, long ageSeconds, double points) {
        long seenAt = NOW.getEpochSecond() - ageSeconds;
        Sender unscored = new Sender(
                origin(host),
                Instant.ofEpochSecond(seenAt),
                Instant.ofEpochSecond(seenAt),
                1,
                1,
                EnumSet.of(Trait.NO_QUIT),
                Set.of(),
                List.of(SenderScore.NONE));
        SenderScore score = PolicyFixtures.addPoints(
                PolicyFixtures.enforcing(Duration.ofDays(1)), unscored, points, Instant.ofEpochSecond(seenAt));
        return new Sender(
                unscored.origin(),
                unscored.firstSeen(),
                unscored.lastSeen(),
                1,
                1,
                unscored.traits(),
                Set.of(),
                List.of(score));
    }

    private static Sender seenAtPrimary(int host) {
        Instant seenAt = NOW.minusSeconds(HOUR);
        return new Sender(
                origin(host),
                seenAt,
                seenAt,
                1,
                1,
                Set.of(),
                EnumSet.of(SkipReason.WITNESSED),
                List.of(SenderScore.NONE));
    }

    private void recordVisit(int host, long ageSeconds) {
        primaryVisits.recordVisit(origin(host), NOW.minusSeconds(ageSeconds), false);
    }

    private SenderStatistics.ThresholdReplay replayAt(double threshold) {
        return statistics.report().replay().stream()
                .filter(replay -> replay.threshold() == threshold)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void senders_areCountedByLastSession() {
        statistics.addSender(sender(1, 10, 10));
        statistics.addSender(sender(2, 2 * HOUR, 10));
        statistics.addSender(sender(3, 2 * DAY, 10));
        statistics.addSender(sender(4, 20 * DAY, 10));
        assertThat(statistics.report().senders()).isEqualTo(new SenderStatistics.SenderTotals(4, 2, 1, 2, 3));
        assertThat(statistics.report().tiers()).isEqualTo(new SenderStatistics.TierTotals(2, 0, 0));
        assertThat(statistics.report().traits())
                .containsExactly(new SenderStatistics.TraitCount(Trait.NO_QUIT, "left without QUIT", 4));
    }

    @Test
    void visitReports_showSendersCaughtInTime() {
        recordVisit(1, HOUR);
        recordVisit(2, 11 * HOUR);
        recordVisit(4, HOUR);
        statistics.addSender(sender(1, 10 * HOUR, 10));
        statistics.addSender(sender(2, 10 * HOUR, 10));
        statistics.addSender(sender(3, 10 * HOUR, 10));
        statistics.addSender(sender(4, 10 * HOUR, 2));
        statistics.addSender(seenAtPrimary(5));
        assertThat(statistics.report().primary())
                .isEqualTo(new SenderStatistics.PrimaryComparison(
                        3,
                        1,
                        1,
                        0.5,
                        "3 senders were caught in the last 7 days. According to visit reports, 1 of them visited a"
                                + " primary MX later, and 1 more visited it first."
                                + " Of the senders that visit both, 1 of 2 were caught in time."));
        assertThat(statistics.report().waived()).containsExactly(entry(SkipReason.WITNESSED, 1L));
    }

    @Test
    void otherThresholds_areReplayed() {
        recordVisit(2, DAY);
        statistics.addSender(sender(1, 10 * HOUR, 10));
        statistics.addSender(sender(2, 3 * DAY, 5));
        statistics.addSender(sender(3, 6 * DAY, 2));
        statistics.addSender(sender(4, 9 * DAY, 20));
        assertThat(replayAt(1))
                .extracting(SenderStatistics.ThresholdReplay::listed, SenderStatistics.ThresholdReplay::later)
                .containsExactly(3L, 1L);
        assertThat(replayAt(3))
                .extracting(SenderStatistics.ThresholdReplay::listed, SenderStatistics.ThresholdReplay::later)
                .containsExactly(2L, 1L);
        assertThat(replayAt(6))
                .extracting(SenderStatistics.ThresholdReplay::listed, SenderStatistics.ThresholdReplay::later)
                .containsExactly(1L, 0L);
        assertThat(replayAt(12).listed()).isZero();
        assertThat(replayAt(3).words())
                .isEqualTo("At threshold 3 you would have listed 2, of which 1 later reached a primary MX.");
    }

    @Test
    void replay_saysWhichTierTheSendersWouldHaveHad() {
        long until = NOW.getEpochSecond() + HOUR;
        policy.trust().decide(origin(1), new ManualDecision(Tier.CONFIRMED, NOW.getEpochSecond(), until, "a test"));
        policy.trust().decide(origin(2), new ManualDecision(Tier.CLEARED, NOW.getEpochSecond(), until, "a test"));
        for (int host = 1; host <= 4; host++) {
            statistics.addSender(sender(host, 10 * HOUR, host == 4 ? 3 : 10));
        }
        assertThat(replayAt(3).tiers()).isEqualTo(new SenderStatistics.TierTotals(2, 1, 1));
        assertThat(replayAt(10).tiers()).isEqualTo(new SenderStatistics.TierTotals(1, 1, 1));
        assertThat(replayAt(20).tiers()).isEqualTo(new SenderStatistics.TierTotals(0, 0, 0));
    }

    @Test
    void exemptSenders_areNotCountedAsListed() {
        exemptNetworks.replaceSource("test", List.of(Exemption.of(IpText.parseNetwork("198.51.100.1"), "a test")));
        statistics.addSender(sender(1, 10 * HOUR, 10));
        assertThat(statistics.report().senders().known()).isEqualTo(1);
        assertThat(statistics.report().senders().listed()).isZero();
        assertThat(statistics.report().primary().caught()).isZero();
        assertThat(replayAt(1).listed()).isZero();
    }

    @Test
    void noSenders_giveEmptyReport() {
        SenderStatistics.StatisticsReport report = statistics.report();
        assertThat(report.primary().share()).isNull();
        assertThat(report.primary().words()).endsWith("No sender is known yet to visit both.");
        assertThat(report.replay()).hasSize(15);
    }
}
