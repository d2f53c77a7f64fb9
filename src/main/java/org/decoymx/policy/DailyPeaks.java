package org.decoymx.policy;

import java.util.stream.IntStream;

/**
 * The highest points of a sender on each of the last 8 days, packed into an int: 4 bits a day, the day of
 * {@link SenderScore#scoredAt} in the lowest bits. The statistics use them to count the senders that another threshold
 * would have listed.
 */
public final class DailyPeaks {
    /** A peak is the number of these thresholds that the points reached. */
    private static final double[] THRESHOLDS = {1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 40, 60, 100};

    private static final long DAY_SECONDS = 86_400;
    private static final int BITS_PER_DAY = 4;
    private static final int DAY_MASK = (1 << BITS_PER_DAY) - 1;
    private static final int DAYS = Integer.SIZE / BITS_PER_DAY;

    private DailyPeaks() {}

    /** The number of thresholds. */
    public static int thresholdCount() {
        return THRESHOLDS.length;
    }

    /** The threshold of a step; the first step is 0. */
    public static double threshold(int step) {
        return THRESHOLDS[step];
    }

    /** Returns the peaks after a sender reached some points at a second since 1970. */
    static int update(SenderScore score, double points, long second) {
        long days = Math.max(0, second / DAY_SECONDS - score.scoredAt() / DAY_SECONDS);
        int earlier = days >= DAYS ? 0 : score.peaks() << (int) days * BITS_PER_DAY;
        int today = Math.max(earlier & DAY_MASK, thresholdsReached(points));
        return earlier & ~DAY_MASK | today;
    }

    /** The number of thresholds that these points reach. */
    private static int thresholdsReached(double points) {
        return (int) IntStream.range(0, THRESHOLDS.length)
                .filter(step -> points >= THRESHOLDS[step])
                .count();
    }

    /**
     * Finds the first of the last days on which a sender reached a threshold.
     *
     * @param step the step of the threshold, from 0
     * @param now second since 1970
     * @param days number of days to look at, including today, at most 8
     * @return the second at which that day began; -1 if there is no such day
     */
    public static long firstDayReached(SenderScore score, int step, long now, int days) {
        long today = now / DAY_SECONDS;
        long scored = score.scoredAt() / DAY_SECONDS;
        for (int back = DAYS - 1; back >= 0; back--) {
            long day = scored - back;
            if (day > today - days && (score.peaks() >>> back * BITS_PER_DAY & DAY_MASK) > step) {
                return day * DAY_SECONDS;
            }
        }
        return -1;
    }
}
