package org.decoymx.bench;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongList;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Mail servers with real retry schedules, and what can go wrong between them and the primary. */
final class GoodSenders {
    static final long MINUTE = 60;
    static final long HOUR = 3_600;
    static final long DAY = 86_400;

    private GoodSenders() {}

    /**
     * When a mail server tries again.
     *
     * @param gaps seconds between attempts; after the last the message is given up
     */
    record Schedule(String name, LongList gaps) {
        static final Schedule NEVER = new Schedule("no retry", LongList.of());
        static final Schedule POSTFIX = of("Postfix", 67 * MINUTE, 100, 5, 10, 20, 40, 66);
        static final Schedule EXIM = of("Exim", 6 * HOUR, 20, 15, 15, 15, 15, 15, 15, 15, 15, 60, 90, 135, 204, 300);
        static final Schedule SENDMAIL = of("Sendmail", 15 * MINUTE, 480);
        static final Schedule EXCHANGE = of("Exchange", 15 * MINUTE, 190, 1, 1, 1, 1, 1, 1);
        static final Schedule HOURLY = of("queue run 1 h", HOUR, 110);
        static final Schedule FOUR_HOURS = of("queue run 4 h", 4 * HOUR, 28);
        static final Schedule SIX_HOURS = of("queue run 6 h", 6 * HOUR, 20);
        static final Schedule TWO_MINUTES = of("each 2 min", 2 * MINUTE, 3_000);
        static final Schedule ONE_MINUTE = of("1 min x6", 15 * MINUTE, 400, 1, 1, 1, 1, 1, 1);
        static final Schedule HMAIL = of("hMail 60 min x4", HOUR, 4);
        static final Schedule QMAIL = new Schedule(
                "qmail", LongArrayList.toList(LongStream.range(1, 20).map(i -> 400 * (i + 1) * (i + 1) - 400 * i * i)));

        private static Schedule of(String name, long then, int times, int... firstMinutes) {
            LongList gaps = LongArrayList.toList(IntStream.of(firstMinutes).mapToLong(m -> m * MINUTE));
            for (int i = 0; i < times; i++) {
                gaps.add(then);
            }
            return new Schedule(name, gaps);
        }
    }

    /** How an attempt of a sender goes. */
    enum Way {
        /** It reaches the primary. */
        PRIMARY,
        /** It cannot reach the primary, so it tries the decoy. */
        DECOY,
        /** The primary puts it off, so it tries the decoy. */
        PRIMARY_FAILS,
        /** The same, after the message. */
        PRIMARY_FAILS_AT_END,
        /** It tries the decoy first, and then the primary. */
        DECOY_THEN_PRIMARY
    }

    /** What goes wrong: the way of an attempt at {@code t}, of a message first tried at {@code first}. */
    interface Problem {
        Way way(Random random, double t, double first);
    }

    static final Problem NOTHING = (random, t, first) -> Way.PRIMARY;
    static final Problem BRIEF = (random, t, first) -> t == first ? decoyIf(random.nextDouble() < 0.1) : Way.PRIMARY;
    static final Problem RARE = (random, t, first) -> decoyIf(random.nextDouble() < 0.02);
    static final Problem STALE_DNS = (random, t, first) -> decoyIf(t < 2 * DAY);
    static final Problem OUTAGE_7_S = (random, t, first) -> decoyIf(t % DAY < 7);
    static final Problem OUTAGE_10_MIN = (random, t, first) -> decoyIf(t % DAY < 10 * MINUTE);
    static final Problem OUTAGE_6_H = (random, t, first) -> decoyIf(t > DAY && t < DAY + 6 * HOUR);
    static final Problem HOURLY_2_MIN = (random, t, first) -> decoyIf(t % HOUR < 2 * MINUTE);
    static final Problem CUT_OFF_3_H = (random, t, first) -> decoyIf(t < 3 * HOUR);
    static final Problem CUT_OFF_12_H = (random, t, first) -> decoyIf(t < 12 * HOUR);
    static final Problem OVERLOAD_3_H = (random, t, first) -> decoyIf(t < 3 * HOUR && random.nextBoolean());
    static final Problem GREYLISTING = (random, t, first) -> t - first < 5 * MINUTE ? Way.PRIMARY_FAILS : Way.PRIMARY;
    static final Problem GREYLISTING_AT_END =
            (random, t, first) -> t - first < 5 * MINUTE ? Way.PRIMARY_FAILS_AT_END : Way.PRIMARY;
    static final Problem WRONG_ORDER =
            (random, t, first) -> random.nextDouble() < 0.3 ? Way.DECOY_THEN_PRIMARY : Way.PRIMARY;

    private static Way decoyIf(boolean unreachable) {
        return unreachable ? Way.DECOY : Way.PRIMARY;
    }

    /** How the reverse-path of a message looks. */
    enum Sender {
        FIXED,
        /** With a tag that changes each day (BATV). */
        TAG_EACH_DAY,
        /** With a tag that changes at each attempt. */
        TAG_EACH_TRY,
        /** The same sender and recipient for all messages. */
        CONSTANT,
        /** Bounces to one recipient. */
        BOUNCE
    }

    /**
     * A kind of good sender.
     *
     * @param count how many senders are played
     * @param messages how many messages each sends
     * @param shortestGap the shortest time between two messages, in seconds
     * @param longestGap the longest
     * @param addresses how many addresses it rotates over
     * @param oneNetwork whether they are in one network
     * @param spamGap time between catches of spamware at the same address, 0 for none
     * @param knownDays days of ordinary mail before
     * @param modelLate the percentage of late messages by the reference model
     */
    record Kind(
            String name,
            Schedule schedule,
            Problem problem,
            Sender sender,
            int count,
            int messages,
            double shortestGap,
            double longestGap,
            int addresses,
            boolean oneNetwork,
            double spamGap,
            int knownDays,
            double modelLate) {
        Kind(String name, Schedule schedule, Problem problem, double modelLate) {
            this(name, schedule, problem, Sender.FIXED, 60, 20, 600, 20 * HOUR, 1, true, 0, 0, modelLate);
        }

        Kind sender(Sender changed) {
            return new Kind(
                    name,
                    schedule,
                    problem,
                    changed,
                    count,
                    messages,
                    shortestGap,
                    longestGap,
                    addresses,
                    oneNetwork,
                    spamGap,
                    knownDays,
                    modelLate);
        }

        Kind volume(int senders, int each, double from, double to) {
            return new Kind(
                    name,
                    schedule,
                    problem,
                    sender,
                    senders,
                    each,
                    from,
                    to,
                    addresses,
                    oneNetwork,
                    spamGap,
                    knownDays,
                    modelLate);
        }

        Kind addresses(int number, boolean inOneNetwork) {
            return new Kind(
                    name,
                    schedule,
                    problem,
                    sender,
                    count,
                    messages,
                    shortestGap,
                    longestGap,
                    number,
                    inOneNetwork,
                    spamGap,
                    knownDays,
                    modelLate);
        }

        Kind spam(double gap) {
            return new Kind(
                    name,
                    schedule,
                    problem,
                    sender,
                    count,
                    messages,
                    shortestGap,
                    longestGap,
                    addresses,
                    oneNetwork,
                    gap,
                    knownDays,
                    modelLate);
        }

        Kind known(int days) {
            return new Kind(
                    name,
                    schedule,
                    problem,
                    sender,
                    count,
                    messages,
                    shortestGap,
                    longestGap,
                    addresses,
                    oneNetwork,
                    spamGap,
                    days,
                    modelLate);
        }

        boolean retries() {
            return !schedule.gaps().isEmpty();
        }
    }
}
