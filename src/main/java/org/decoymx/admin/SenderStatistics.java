package org.decoymx.admin;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.decoymx.policy.DailyPeaks;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PrimaryVisits;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.SkipReason;
import org.decoymx.policy.Tier;
import org.decoymx.policy.TrustState;
import org.decoymx.smtp.protocol.Trait;
import org.jspecify.annotations.Nullable;

/** Counts senders one at a time, because there may be millions. */
public final class SenderStatistics {
    private static final int DAYS = 7;
    private static final long HOUR_SECONDS = 3_600;
    private static final long DAY_SECONDS = 24 * HOUR_SECONDS;

    private final Policy policy;
    private final PrimaryVisits primaryVisits;
    private final Instant now;
    private final Map<Trait, Long> traits = new EnumMap<>(Trait.class);
    private final Map<SkipReason, Long> waived = new EnumMap<>(SkipReason.class);
    private final Map<Tier, Long> tiers = new EnumMap<>(Tier.class);
    private final long[] replayListed = new long[DailyPeaks.thresholdCount()];
    private final long[] replayBeforePrimary = new long[DailyPeaks.thresholdCount()];
    private final long[] replayConfirmed = new long[DailyPeaks.thresholdCount()];
    private final long[] replayCleared = new long[DailyPeaks.thresholdCount()];
    private long senderCount;
    private long listedCount;
    private long seenLastHour;
    private long seenLastDay;
    private long seenLast7Days;
    private long caughtCount;
    private long caughtBeforePrimary;
    private long seenAtPrimaryFirst;

    SenderStatistics(Policy policy, PrimaryVisits primaryVisits, Instant now) {
        this.policy = policy;
        this.primaryVisits = primaryVisits;
        this.now = now;
    }

    /**
     * Numbers of senders.
     *
     * @param known all senders in the ledger
     * @param listed senders that are listed now, or would be listed in observe mode
     * @param seenLastHour senders with a session in the last hour
     */
    public record SenderTotals(long known, long listed, long seenLastHour, long seenLastDay, long seenLast7Days) {}

    /** The number of senders in each tier now; in observe mode, those that would be. */
    public record TierTotals(long suspect, long confirmed, long cleared) {}

    /** The number of senders that ever had a trait. */
    public record TraitCount(Trait trait, String words, long senders) {}

    /**
     * Compares the order of visits at the decoy and at the primary MX, which shows how useful the decoy is.
     *
     * @param caught senders seen in the last 7 days that are or were listed
     * @param later how many of them visited a primary after they were listed, so that the blocklist could reject them
     * @param first senders that were not listed because they had visited a primary before
     * @param share later divided by the sum of later and first; null if the sum is 0
     */
    public record PrimaryComparison(
            long caught, long later, long first, @Nullable Double share, String words) {}

    /**
     * The last 7 days with another threshold.
     *
     * @param listed number of senders that would have been listed
     * @param later how many of them visited a primary MX after that
     * @param tiers how many of them are cleared by now, or were confirmed by their latest listing; the others are
     *     suspects, as is who did not reach the configured threshold
     */
    public record ThresholdReplay(double threshold, long listed, long later, TierTotals tiers, String words) {}

    /**
     * All numbers.
     *
     * @param traits the most frequent comes first
     * @param waived how many senders had a session that was not scored, by the reason
     */
    public record StatisticsReport(
            SenderTotals senders,
            TierTotals tiers,
            List<TraitCount> traits,
            Map<SkipReason, Long> waived,
            PrimaryComparison primary,
            List<ThresholdReplay> replay) {}

    /** Counts a sender; returns its tier now, which is {@link Tier#NONE} if it is exempt. */
    Tier addSender(Sender sender) {
        senderCount++;
        if (sender.sessions() > 0) {
            countLastSeen(now.getEpochSecond() - sender.lastSeen().getEpochSecond());
        }
        sender.traits().forEach(trait -> traits.merge(trait, 1L, Long::sum));
        sender.skipReasons().forEach(reason -> waived.merge(reason, 1L, Long::sum));
        if (policy.isExempt(sender.origin())) {
            return Tier.NONE;
        }
        Tier tier = policy.tier(sender, now);
        tiers.merge(tier, 1L, Long::sum);
        SenderScore score = sender.latestScore();
        if (score.isListed(now)) {
            listedCount++;
        }
        if (now.getEpochSecond() - sender.lastSeen().getEpochSecond() <= DAYS * DAY_SECONDS) {
            long atPrimary = primaryVisits
                    .find(sender.origin())
                    .map(visit -> visit.last().getEpochSecond())
                    .orElse(0L);
            compareWithPrimary(sender, score, atPrimary);
            replayThresholds(sender, atPrimary);
        }
        return tier;
    }

    private void countLastSeen(long ageSeconds) {
        seenLastHour += ageSeconds <= HOUR_SECONDS ? 1 : 0;
        seenLastDay += ageSeconds <= DAY_SECONDS ? 1 : 0;
        seenLast7Days += ageSeconds <= DAYS * DAY_SECONDS ? 1 : 0;
    }

    private void compareWithPrimary(Sender sender, SenderScore score, long atPrimary) {
        if (score.listedUntil() > 0) {
            caughtCount++;
            caughtBeforePrimary += atPrimary > score.listedSince() ? 1 : 0;
        } else if (sender.skipReasons().contains(SkipReason.WITNESSED)) {
            seenAtPrimaryFirst++;
        }
    }

    private void replayThresholds(Sender sender, long atPrimary) {
        TrustState state = policy.trust().find(sender.origin());
        boolean cleared = state.tierAt(now.getEpochSecond()) == Tier.CLEARED;
        boolean confirmed = !cleared && state.listing().tier() == Tier.CONFIRMED;
        for (int step = 0; step < replayListed.length; step++) {
            long day = findFirstDay(sender, step);
            if (day < 0) {
                return;
            }
            replayListed[step]++;
            replayConfirmed[step] += confirmed ? 1 : 0;
            replayCleared[step] += cleared ? 1 : 0;
            // a sender that visited a primary before its session has no points on that day
            replayBeforePrimary[step] +=
                    atPrimary > Math.max(day, sender.firstSeen().getEpochSecond()) ? 1 : 0;
        }
    }

    private long findFirstDay(Sender sender, int step) {
        long earliest = -1;
        for (SenderScore score : sender.scores()) {
            long day = DailyPeaks.firstDayReached(score, step, now.getEpochSecond(), DAYS);
            earliest = earliest < 0 || day >= 0 && day < earliest ? day : earliest;
        }
        return earliest;
    }

    StatisticsReport report() {
        return new StatisticsReport(
                new SenderTotals(senderCount, listedCount, seenLastHour, seenLastDay, seenLast7Days),
                new TierTotals(count(Tier.SUSPECT), count(Tier.CONFIRMED), count(Tier.CLEARED)),
                traitCounts(),
                waived,
                primaryComparison(),
                thresholdReplays());
    }

    private long count(Tier tier) {
        return tiers.getOrDefault(tier, 0L);
    }

    private List<TraitCount> traitCounts() {
        return traits.entrySet().stream()
                .map(count -> new TraitCount(count.getKey(), count.getKey().description(), count.getValue()))
                .sorted(Comparator.comparingLong(TraitCount::senders).reversed())
                .toList();
    }

    private PrimaryComparison primaryComparison() {
        long both = caughtBeforePrimary + seenAtPrimaryFirst;
        String words = ("%s senders were caught in the last %s days. According to visit reports,"
                        + " %s of them visited a primary MX later, and %s more visited it first. ")
                .formatted(caughtCount, DAYS, caughtBeforePrimary, seenAtPrimaryFirst);
        return new PrimaryComparison(
                caughtCount,
                caughtBeforePrimary,
                seenAtPrimaryFirst,
                both == 0 ? null : (double) caughtBeforePrimary / both,
                words
                        + (both == 0
                                ? "No sender is known yet to visit both."
                                : "Of the senders that visit both, %s of %s were caught in time."
                                        .formatted(caughtBeforePrimary, both)));
    }

    private List<ThresholdReplay> thresholdReplays() {
        return IntStream.range(0, replayListed.length)
                .mapToObj(step -> {
                    double threshold = DailyPeaks.threshold(step);
                    return new ThresholdReplay(
                            threshold,
                            replayListed[step],
                            replayBeforePrimary[step],
                            new TierTotals(
                                    replayListed[step] - replayConfirmed[step] - replayCleared[step],
                                    replayConfirmed[step],
                                    replayCleared[step]),
                            "At threshold " + formatNumber(threshold) + " you would have listed " + replayListed[step]
                                    + ", of which " + replayBeforePrimary[step] + " later reached a primary MX.");
                })
                .toList();
    }

    private static String formatNumber(double value) {
        return new DecimalFormat("0.#", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
    }
}
