package org.decoymx.admin.history;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.decoymx.policy.HourCounts;
import org.decoymx.policy.HourCounts.Counted;
import org.decoymx.policy.HourCounts.HourEntry;
import org.decoymx.policy.OutageWindow;
import org.decoymx.policy.OutageWindows;
import org.decoymx.policy.TrustIndex;
import org.decoymx.support.PeriodicJobs;
import org.decoymx.support.SteadyClock;

/** Numbers over time, from the counts of each hour in the ledger. */
@Singleton
public final class HistoryService {
    private static final Duration OUTAGE_INTERVAL = Duration.ofMinutes(1);
    /** {@link OutageWindows} has the outages of the last day; before, only their hours are known. */
    private static final Duration EXACT_OUTAGES = Duration.ofDays(1);

    private final HourCounts counts;
    private final OutageWindows outages;
    private final SteadyClock clock;

    HistoryService(TrustIndex trust, OutageWindows outages, SteadyClock clock) {
        counts = trust.events().hours();
        this.outages = outages;
        this.clock = clock;
    }

    void start(@Observes StartupEvent event, PeriodicJobs jobs) {
        jobs.schedule("outages of the history", OUTAGE_INTERVAL, this::markOutages);
    }

    /**
     * What was counted in a step.
     *
     * @param hour the first second of the hour or the day, since 1970
     * @param sessions SMTP sessions with the decoy
     * @param catches sessions that were put off for a protected recipient, count, and have the points to list
     * @param confirmed senders that became confirmed
     * @param cleared senders that were cleared by a retry
     * @param refused recipients of listed senders that a real MX refused, as far as it has asked or reported
     * @param deferred the same for those that it deferred
     */
    public record HourCount(
            long hour, long sessions, long catches, long confirmed, long cleared, long refused, long deferred) {

        /** An MX that asks and reports says the same twice. */
        static HourCount of(HourEntry entry) {
            return new HourCount(
                    entry.hour(),
                    entry.count(Counted.SESSIONS),
                    entry.count(Counted.CATCHES),
                    entry.count(Counted.CONFIRMED),
                    entry.count(Counted.CLEARED),
                    Math.max(entry.count(Counted.REFUSED), entry.count(Counted.REPORTED_REFUSED)),
                    Math.max(entry.count(Counted.DEFERRED), entry.count(Counted.REPORTED_DEFERRED)));
        }

        static HourCount zero(long hour) {
            return new HourCount(hour, 0, 0, 0, 0, 0, 0);
        }

        HourCount plus(HourCount other) {
            return new HourCount(
                    hour,
                    sessions + other.sessions,
                    catches + other.catches,
                    confirmed + other.confirmed,
                    cleared + other.cleared,
                    refused + other.refused,
                    deferred + other.deferred);
        }

        /** When it began, to the minute in UTC: {@code 2026-11-27 08:00}. */
        public String time() {
            return toMinute(hour);
        }
    }

    /** A time in which a real MX was down, or nobody looked whether it was; in seconds since 1970. */
    public record OutageBand(long from, long until) {
        /** When it began, to the minute in UTC: {@code 2026-11-27 08:00}. */
        public String fromTime() {
            return toMinute(from);
        }

        /** When it ended, likewise. */
        public String untilTime() {
            return toMinute(until);
        }
    }

    private static String toMinute(long second) {
        return Instant.ofEpochSecond(second)
                .toString()
                .substring(0, "2026-11-27T08:00".length())
                .replace('T', ' ');
    }

    /**
     * Numbers until now.
     *
     * @param step the length of a step in seconds
     * @param counts all steps, the oldest first; the last one has not ended
     * @param outages the oldest first
     */
    public record History(long step, List<HourCount> counts, List<OutageBand> outages) {
        /** The sum of all steps. */
        public HourCount total() {
            return counts.stream().reduce(HourCount.zero(counts.get(0).hour()), HourCount::plus);
        }
    }

    /** The hours that contain the last time of this length, and so up to an hour more. */
    public History last(Duration duration) {
        return find(duration, HourCounts.HOUR);
    }

    /** The steps that contain a range. */
    public History find(HistoryRange range) {
        return find(range.duration(), range.step());
    }

    private History find(Duration duration, long step) {
        long now = clock.instant().getEpochSecond();
        long first = Math.floorDiv(now - duration.toSeconds(), step) * step;
        List<HourCount> steps = new ArrayList<>();
        for (long start = first; start <= now; start += step) {
            steps.add(HourCount.zero(start));
        }
        List<HourEntry> hours = counts.between(first, now);
        for (HourEntry hour : hours) {
            int index = (int) ((hour.hour() - first) / step);
            steps.set(index, steps.get(index).plus(HourCount.of(hour)));
        }
        boolean exact = duration.compareTo(EXACT_OUTAGES) <= 0;
        return new History(step, steps, exact ? exactOutages(first, now) : outageHours(hours, now));
    }

    private List<OutageBand> exactOutages(long first, long now) {
        return outages.outages().stream()
                .map(window -> new OutageBand(
                        Math.max(first, window.from().getEpochSecond()), Math.min(now, end(window, now))))
                .filter(band -> band.from() < band.until())
                .toList();
    }

    private static long end(OutageWindow window, long now) {
        Instant recovered = window.recovered();
        return recovered == null ? now : recovered.getEpochSecond();
    }

    /** Joins the hours that follow each other. */
    private static List<OutageBand> outageHours(List<HourEntry> hours, long now) {
        List<OutageBand> bands = new ArrayList<>();
        for (HourEntry hour : hours) {
            if (hour.count(Counted.OUTAGE) > 0) {
                long until = Math.min(now, hour.hour() + HourCounts.HOUR);
                int last = bands.size() - 1;
                if (last >= 0 && bands.get(last).until() == hour.hour()) {
                    bands.set(last, new OutageBand(bands.get(last).from(), until));
                } else {
                    bands.add(new OutageBand(hour.hour(), until));
                }
            }
        }
        return bands;
    }

    /**
     * Also after the end of an outage, as it may have begun before anybody knew. Not beyond the time that counts for
     * deleting: hours of a clock that is far ahead would push out the others.
     */
    void markOutages() {
        long now = Math.min(
                clock.instant().getEpochSecond(), clock.retention().instant().getEpochSecond());
        for (OutageWindow window : outages.outages()) {
            long until = Math.min(now, end(window, now));
            if (window.from().getEpochSecond() <= until) {
                counts.markOutage(window.from().getEpochSecond(), until);
            }
        }
    }
}
