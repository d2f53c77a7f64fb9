package org.decoymx.policy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * When a return to a primary could have been seen: while the primary asked the policy service or sent log lines, with
 * no gap of more than ten minutes. Times are seconds since 1970.
 *
 * @param since the first report, or the time before which gaps are no longer known
 * @param lastReportAt the latest report
 * @param gaps the longer gaps between reports, in the order of time; at most {@link #MAX_GAPS}
 */
public record ReportCoverage(long since, long lastReportAt, List<Gap> gaps) {
    /** Nothing ever reported, so nobody is confirmed. */
    public static final ReportCoverage NONE = new ReportCoverage(Long.MAX_VALUE, Long.MIN_VALUE, List.of());
    /** Everything was seen. */
    public static final ReportCoverage COMPLETE = new ReportCoverage(0, Long.MAX_VALUE, List.of());

    static final int MAX_GAPS = 64;

    private static final long MAX_SILENCE = Duration.ofMinutes(10).toSeconds();

    /**
     * A time in which nothing was reported.
     *
     * @param from the last report before
     * @param until the first report after
     */
    public record Gap(long from, long until) {}

    /** Forgets the oldest gaps if there are too many; what is before them then counts as not seen. */
    public ReportCoverage {
        if (gaps.size() > MAX_GAPS) {
            int forgotten = gaps.size() - MAX_GAPS;
            since = Math.max(since, gaps.get(forgotten - 1).until());
            gaps = gaps.subList(forgotten, gaps.size());
        }
        gaps = List.copyOf(gaps);
    }

    /** After a report of the primary. */
    public ReportCoverage withReport(long at) {
        if (since == Long.MAX_VALUE) {
            return new ReportCoverage(at, at, List.of());
        }
        if (at - lastReportAt <= MAX_SILENCE) {
            return at <= lastReportAt ? this : new ReportCoverage(since, at, gaps);
        }
        List<Gap> more = new ArrayList<>(gaps);
        more.add(new Gap(lastReportAt, at));
        return new ReportCoverage(since, at, more);
    }

    /** Without reports in the future; the last of them was now. */
    ReportCoverage limitedTo(TimeLimit limit) {
        if (lastReportAt <= limit.latest()) {
            return this;
        }
        List<Gap> past = gaps.stream()
                .filter(gap -> gap.from() <= limit.latest())
                .map(gap -> new Gap(gap.from(), limit.past(gap.until())))
                .toList();
        return new ReportCoverage(limit.past(since), limit.now(), past);
    }

    /** Continues with what was seen after this, for example since a restart. */
    ReportCoverage followedBy(ReportCoverage later) {
        return later.lastReportAt == Long.MIN_VALUE
                ? this
                : withReport(later.since).withReport(later.lastReportAt);
    }

    /** Only the times that both have seen; for a domain with several primaries. */
    public ReportCoverage and(ReportCoverage other) {
        List<Gap> both = new ArrayList<>(gaps);
        both.addAll(other.gaps);
        both.sort(Comparator.comparingLong(Gap::until));
        return new ReportCoverage(Math.max(since, other.since), Math.min(lastReportAt, other.lastReportAt), both);
    }

    /** The compact form, to be kept over a restart. */
    public byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(2 * Long.BYTES * (1 + gaps.size()));
        out.putLong(since).putLong(lastReportAt);
        gaps.forEach(gap -> out.putLong(gap.from()).putLong(gap.until()));
        return out.array();
    }

    /**
     * The inverse of {@link #encode}.
     *
     * @throws IllegalArgumentException if this is not what {@link #encode} writes
     */
    public static ReportCoverage decode(byte[] octets) {
        int pair = 2 * Long.BYTES;
        if (octets.length < pair || octets.length % pair != 0 || octets.length > pair * (1 + MAX_GAPS)) {
            throw new IllegalArgumentException("a coverage of reports has 1 to " + (1 + MAX_GAPS) + " pairs of times");
        }
        ByteBuffer in = ByteBuffer.wrap(octets);
        long since = in.getLong();
        long lastReportAt = in.getLong();
        List<Gap> gaps = new ArrayList<>();
        while (in.hasRemaining()) {
            gaps.add(new Gap(in.getLong(), in.getLong()));
        }
        return new ReportCoverage(since, lastReportAt, gaps);
    }

    /** Whether a return at any time of this interval would have been seen. */
    public boolean isComplete(long from, long until) {
        if (from < since || until - MAX_SILENCE > lastReportAt) {
            return false;
        }
        for (Gap gap : gaps) {
            if (gap.from() < until && gap.until() > from) {
                return false;
            }
        }
        return true;
    }
}
