package org.decoymx.policy;

import java.util.stream.IntStream;
import org.decoymx.ledger.SenderScore;

/**
 * The most points that a sender had on each of the last 8 days, as a number: 4 bits a day, the day of
 * {@link SenderScore#scoredAt} lowest. So it can be told later who would have been listed at another threshold.
 */
public final class DailyPeaks {
    /** The thresholds that can be told apart: step 1 of the scale is the first. */
    private static final double[] THRESHOLDS = {1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 40, 60, 100};

    private static final long DAY_SECONDS = 86_400;
    private static final int BITS_PER_DAY = 4;
    private static final int DAY_MASK = (1 << BITS_PER_DAY) - 1;
    private static final int DAYS = Integer.SIZE / BITS_PER_DAY;

    private DailyPeaks() {}

    /** How many thresholds there are. */
    public static int thresholdCount() {
        return THRESHOLDS.length;
    }

    /** The threshold of a step, from 0. */
    public static double threshold(int step) {
        return THRESHOLDS[step];
    }

    /** The peaks after a sender has come to so many points. */
    static int update(SenderScore score, double points, long second) {
        long days = Math.max(0, second / DAY_SECONDS - score.scoredAt() / DAY_SECONDS);
        int earlier = days >= DAYS ? 0 : score.peaks() << (int) days * BITS_PER_DAY;
        int today = Math.max(earlier & DAY_MASK, countReached(points));
        return earlier & ~DAY_MASK | today;
    }

    /** How many thresholds these points reach. */
    private static int countReached(double points) {
        return (int) IntStream.range(0, THRESHOLDS.length)
                .filter(step -> points >= THRESHOLDS[step])
                .count();
    }

    /**
     * The first of the last days on which a sender came to a threshold.
     *
     * @param step the threshold's, from 0
     * @param now second since 1970
     * @param days how many days to look at, today included, 8 at most
     * @return the second at which that day began; -1 when there was none
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
