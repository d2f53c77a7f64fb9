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
import org.decoymx.ledger.Score;
import org.decoymx.ledger.Sender;
import org.decoymx.ledger.Waiver;
import org.decoymx.policy.Peaks;
import org.decoymx.policy.Policy;
import org.decoymx.primary.Witnesses;
import org.decoymx.smtp.protocol.Trait;
import org.jspecify.annotations.Nullable;

/** Counts senders, one after the other, as there may be millions. */
final class Census {
    private static final int DAYS = 7;
    private static final long HOUR_SECONDS = 3_600;
    private static final long DAY_SECONDS = 24 * HOUR_SECONDS;

    private final Policy policy;
    private final Witnesses witnesses;
    private final Instant now;
    private final Map<Trait, Long> traits = new EnumMap<>(Trait.class);
    private final Map<Waiver, Long> waived = new EnumMap<>(Waiver.class);
    private final long[] replayed = new long[Peaks.steps()];
    private final long[] replayedLater = new long[Peaks.steps()];
    private long known;
    private long listed;
    private long lastHour;
    private long lastDay;
    private long lastWeek;
    private long caught;
    private long later;
    private long first;

    Census(Policy policy, Witnesses witnesses, Instant now) {
        this.policy = policy;
        this.witnesses = witnesses;
        this.now = now;
    }

    /**
     * How many senders are known, and how many of them are listed now, or would be if the decoy did more than observe.
     *
     * @param seenLastHour how many were here in the last hour
     */
    record Senders(long known, long listed, long seenLastHour, long seenLastDay, long seenLast7Days) {}

    /** How many of the known senders ever showed a trait. */
    record Shown(Trait trait, String words, long senders) {}

    /**
     * What the decoy is good for: of those who came to the primary MX too, who was here first?
     *
     * @param caught senders seen in the last 7 days that are or were listed
     * @param later how many of them came to a primary after they were caught, when the list could turn them away
     * @param first how many senders more would have been caught, but had been at a primary before
     * @param share later of later and first together; null when there is neither
     */
    record Primary(
            long caught, long later, long first, @Nullable Double share, String words) {}

    /**
     * The last 7 days at another threshold.
     *
     * @param listed how many would have been listed
     * @param later how many of them came to a primary MX after that
     */
    record Replay(double threshold, long listed, long later, String words) {}

    /** What has been counted. */
    record Result(
            Senders senders, List<Shown> traits, Map<Waiver, Long> waived, Primary primary, List<Replay> replay) {}

    void add(Sender sender) {
        known++;
        seen(now.getEpochSecond() - sender.lastSeen().getEpochSecond());
        sender.traits().forEach(trait -> traits.merge(trait, 1L, Long::sum));
        sender.waivers().forEach(waiver -> waived.merge(waiver, 1L, Long::sum));
        if (policy.isExempt(sender.origin())) {
            return;
        }
        Score score = sender.latest();
        if (score.isListed(now)) {
            listed++;
        }
        if (now.getEpochSecond() - sender.lastSeen().getEpochSecond() <= DAYS * DAY_SECONDS) {
            long atPrimary = witnesses
                    .find(sender.origin())
                    .map(seen -> seen.last().getEpochSecond())
                    .orElse(0L);
            compare(sender, score, atPrimary);
            replay(sender, atPrimary);
        }
    }

    private void seen(long ago) {
        lastHour += ago <= HOUR_SECONDS ? 1 : 0;
        lastDay += ago <= DAY_SECONDS ? 1 : 0;
        lastWeek += ago <= DAYS * DAY_SECONDS ? 1 : 0;
    }

    private void compare(Sender sender, Score score, long atPrimary) {
        if (score.listedUntil() > 0) {
            caught++;
            later += atPrimary > score.listedSince() ? 1 : 0;
        } else if (sender.waivers().contains(Waiver.WITNESSED)) {
            first++;
        }
    }

    private void replay(Sender sender, long atPrimary) {
        for (int step = 0; step < replayed.length; step++) {
            long day = firstDay(sender, step);
            if (day < 0) {
                return;
            }
            replayed[step]++;
            // whoever was at the primary before had no points that day
            replayedLater[step] += atPrimary > Math.max(day, sender.firstSeen().getEpochSecond()) ? 1 : 0;
        }
    }

    private long firstDay(Sender sender, int step) {
        long earliest = -1;
        for (Score score : sender.scores()) {
            long day = Peaks.firstDay(score, step, now.getEpochSecond(), DAYS);
            earliest = earliest < 0 || day >= 0 && day < earliest ? day : earliest;
        }
        return earliest;
    }

    Result result() {
        return new Result(
                new Senders(known, listed, lastHour, lastDay, lastWeek), shown(), waived, primary(), replays());
    }

    private List<Shown> shown() {
        return traits.entrySet().stream()
                .map(count -> new Shown(count.getKey(), count.getKey().words(), count.getValue()))
                .sorted(Comparator.comparingLong(Shown::senders).reversed())
                .toList();
    }

    private Primary primary() {
        long both = later + first;
        String words =
                "Of %d senders caught in the last %d days %d came to a primary MX later, as far as one told us, and %d more had been there first. "
                        .formatted(caught, DAYS, later, first);
        return new Primary(
                caught,
                later,
                first,
                both == 0 ? null : (double) later / both,
                words
                        + (both == 0
                                ? "So it cannot be said yet what the decoy is good for."
                                : "So of those who go to both the decoy was in time for %d of %d."
                                        .formatted(later, both)));
    }

    private List<Replay> replays() {
        return IntStream.range(0, replayed.length)
                .mapToObj(step -> {
                    double threshold = Peaks.threshold(step);
                    return new Replay(
                            threshold,
                            replayed[step],
                            replayedLater[step],
                            "At threshold " + number(threshold) + " you would have listed " + replayed[step]
                                    + ", of which " + replayedLater[step] + " later reached a primary MX.");
                })
                .toList();
    }

    private static String number(double value) {
        return new DecimalFormat("0.#", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
    }
}
