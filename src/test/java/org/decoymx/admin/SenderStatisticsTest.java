package org.decoymx.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.Sender;
import org.decoymx.ledger.SenderScore;
import org.decoymx.ledger.SkipReason;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.IpNetwork;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.PolicyMode;
import org.decoymx.primary.PrimaryMonitor;
import org.decoymx.primary.PrimaryVisits;
import org.decoymx.smtp.protocol.Trait;
import org.junit.jupiter.api.Test;

/** What the decoy is good for, counted. */
class SenderStatisticsTest {
    private static final Instant NOW = Instant.parse("2026-01-10T12:00:00Z");
    private static final long HOUR = 3_600;
    private static final long DAY = 24 * HOUR;

    private final ExemptNetworks exempt = new ExemptNetworks();
    private final PrimaryVisits witnesses = new PrimaryVisits(Duration.ofHours(36));
    private final Policy policy = new Policy(
            PolicyFixtures.settings(PolicyMode.OBSERVE, Duration.ofDays(1)), exempt, witnesses, new PrimaryMonitor());
    private final SenderStatistics census = new SenderStatistics(policy, witnesses, NOW);

    private static Origin origin(int host) {
        return Origin.parse("198.51.100." + host).orElseThrow();
    }

    /** A sender that came to its points so long ago, and was listed if they are ten. */
    private static Sender sender(int host, long ago, double points) {
        long at = NOW.getEpochSecond() - ago;
        Sender unknown = new Sender(
                origin(host),
                Instant.ofEpochSecond(at),
                Instant.ofEpochSecond(at),
                1,
                1,
                EnumSet.of(Trait.NO_QUIT),
                Set.of(),
                List.of(SenderScore.NONE));
        SenderScore score = PolicyFixtures.enforcing(Duration.ofDays(1))
                .addPoints(unknown, SenderScore.NONE, points, Instant.ofEpochSecond(at));
        return new Sender(
                unknown.origin(),
                unknown.firstSeen(),
                unknown.lastSeen(),
                1,
                1,
                unknown.traits(),
                Set.of(),
                List.of(score));
    }

    private static Sender witnessed(int host) {
        Instant at = NOW.minusSeconds(HOUR);
        return new Sender(
                origin(host), at, at, 1, 1, Set.of(), EnumSet.of(SkipReason.WITNESSED), List.of(SenderScore.NONE));
    }

    private void atPrimary(int host, long ago) {
        witnesses.recordVisit(origin(host), NOW.minusSeconds(ago));
    }

    private SenderStatistics.ThresholdReplay at(double threshold) {
        return census.report().replay().stream()
                .filter(replay -> replay.threshold() == threshold)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void senders_areCountedByWhenTheyWereHere() {
        census.addSender(sender(1, 10, 10));
        census.addSender(sender(2, 2 * HOUR, 10));
        census.addSender(sender(3, 2 * DAY, 10));
        census.addSender(sender(4, 20 * DAY, 10));
        assertThat(census.report().senders()).isEqualTo(new SenderStatistics.SenderTotals(4, 2, 1, 2, 3));
        assertThat(census.report().traits())
                .containsExactly(new SenderStatistics.TraitCount(Trait.NO_QUIT, "left without QUIT", 4));
    }

    @Test
    void primary_tellsWhoWasInTime() {
        atPrimary(1, HOUR);
        atPrimary(2, 11 * HOUR);
        atPrimary(4, HOUR);
        census.addSender(sender(1, 10 * HOUR, 10));
        census.addSender(sender(2, 10 * HOUR, 10));
        census.addSender(sender(3, 10 * HOUR, 10));
        census.addSender(sender(4, 10 * HOUR, 2));
        census.addSender(witnessed(5));
        assertThat(census.report().primary())
                .isEqualTo(
                        new SenderStatistics.PrimaryComparison(
                                3,
                                1,
                                1,
                                0.5,
                                "Of 3 senders caught in the last 7 days 1 came to a primary MX later, as far as one told us, and 1"
                                        + " more had been there first. So of those who go to both the decoy was in time for 1 of 2."));
        assertThat(census.report().waived()).containsExactly(entry(SkipReason.WITNESSED, 1L));
    }

    @Test
    void thresholds_otherThanOurs_areReplayed() {
        atPrimary(2, DAY);
        census.addSender(sender(1, 10 * HOUR, 10));
        census.addSender(sender(2, 3 * DAY, 5));
        census.addSender(sender(3, 6 * DAY, 2));
        census.addSender(sender(4, 9 * DAY, 20));
        assertThat(at(1))
                .extracting(SenderStatistics.ThresholdReplay::listed, SenderStatistics.ThresholdReplay::later)
                .containsExactly(3L, 1L);
        assertThat(at(3))
                .extracting(SenderStatistics.ThresholdReplay::listed, SenderStatistics.ThresholdReplay::later)
                .containsExactly(2L, 1L);
        assertThat(at(6))
                .extracting(SenderStatistics.ThresholdReplay::listed, SenderStatistics.ThresholdReplay::later)
                .containsExactly(1L, 0L);
        assertThat(at(12).listed()).isZero();
        assertThat(at(3).words())
                .isEqualTo("At threshold 3 you would have listed 2, of which 1 later reached a primary MX.");
    }

    @Test
    void exemptSenders_areNoneOfThese() {
        exempt.replaceSource("test", List.of(Exemption.of(IpNetwork.parse("198.51.100.1"), "a test")));
        census.addSender(sender(1, 10 * HOUR, 10));
        assertThat(census.report().senders().known()).isEqualTo(1);
        assertThat(census.report().senders().listed()).isZero();
        assertThat(census.report().primary().caught()).isZero();
        assertThat(at(1).listed()).isZero();
    }

    @Test
    void nobody_isNoReasonToFail() {
        SenderStatistics.StatisticsReport nothing = census.report();
        assertThat(nothing.primary().share()).isNull();
        assertThat(nothing.primary().words()).endsWith("So it cannot be said yet what the decoy is good for.");
        assertThat(nothing.replay()).hasSize(15);
    }
}
