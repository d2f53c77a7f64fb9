package org.decoymx.bench;

import static org.decoymx.bench.GoodSenders.DAY;
import static org.decoymx.bench.GoodSenders.HOUR;
import static org.decoymx.bench.GoodSenders.MINUTE;

import java.util.ArrayList;
import java.util.List;
import org.decoymx.bench.GoodSenders.Kind;
import org.decoymx.bench.GoodSenders.Problem;
import org.decoymx.bench.GoodSenders.Schedule;
import org.decoymx.bench.GoodSenders.Sender;

/** The kinds of good senders in the simulation, with the percentage of late messages by the reference model. */
final class GoodKinds {
    /** For a kind that the reference model does not have. */
    static final double NOT_MODELED = -1;

    private static final double PER_HOUR_2000 = 3.4;

    private GoodKinds() {}

    static final List<Kind> ALL = all();

    private static List<Kind> all() {
        List<Kind> kinds = new ArrayList<>();
        addSchedules(kinds, "brief, 10 % of first tries", GoodSenders.BRIEF, 11.2, 11.2, 11.2, 12.2, 11.0, 0);
        addSchedules(kinds, "stale DNS 2 d", GoodSenders.STALE_DNS, 23.6, 24.0, -1, 23.2, 24.8, 0);
        addSchedules(kinds, "outage 6 h", GoodSenders.OUTAGE_6_H, 2.2, 2.8, -1, 3.9, 2.7, 0);
        addSchedules(kinds, "wrong MX order", GoodSenders.WRONG_ORDER, 14.0, 14.0, 14.6, 16.4, 13.6, 0);
        addSchedules(kinds, "greylisting", GoodSenders.GREYLISTING, 100, 100, 100, 100, 100, -1);
        addSchedules(kinds, "outage 7 s a day", GoodSenders.OUTAGE_7_S, -1, -1, -1, -1, -1, -1);
        addSchedules(kinds, "outage 10 min a day", GoodSenders.OUTAGE_10_MIN, -1, -1, -1, -1, -1, -1);
        kinds.addAll(slowQueues());
        kinds.addAll(envelopes());
        kinds.addAll(volumes());
        kinds.addAll(pools());
        kinds.addAll(sharedAddresses());
        return List.copyOf(kinds);
    }

    private static void addSchedules(List<Kind> kinds, String name, Problem problem, double... modelLate) {
        List<Schedule> schedules = List.of(
                Schedule.POSTFIX,
                Schedule.EXIM,
                Schedule.HOURLY,
                Schedule.FOUR_HOURS,
                Schedule.TWO_MINUTES,
                Schedule.NEVER);
        for (int i = 0; i < schedules.size(); i++) {
            kinds.add(new Kind(name, schedules.get(i), problem, modelLate[i]));
        }
        for (Schedule schedule : List.of(Schedule.QMAIL, Schedule.SENDMAIL, Schedule.EXCHANGE, Schedule.HMAIL)) {
            kinds.add(new Kind(name, schedule, problem, NOT_MODELED));
        }
    }

    private static List<Kind> slowQueues() {
        return List.of(
                new Kind("stale DNS 2 d", Schedule.SIX_HOURS, GoodSenders.STALE_DNS, 26.5),
                busy(new Kind("outage 6 h, 40 a day", Schedule.SIX_HOURS, GoodSenders.OUTAGE_6_H, 34.4)),
                busy(new Kind("outage 6 h, 40 a day", Schedule.POSTFIX, GoodSenders.OUTAGE_6_H, 8.7)),
                busy(new Kind("outage 6 h, 40 a day", Schedule.FOUR_HOURS, GoodSenders.OUTAGE_6_H, 9.2)),
                busy(new Kind("outage 6 h, 40 a day", Schedule.HOURLY, GoodSenders.OUTAGE_6_H, 8.4)));
    }

    private static Kind busy(Kind kind) {
        return kind.volume(30, 120, 5 * MINUTE, 66 * MINUTE);
    }

    private static List<Kind> envelopes() {
        return List.of(
                new Kind("cron mail, one envelope, brief", Schedule.POSTFIX, GoodSenders.BRIEF, 11.2)
                        .sender(Sender.CONSTANT),
                new Kind("cron mail, one envelope, brief", Schedule.HOURLY, GoodSenders.BRIEF, 11.5)
                        .sender(Sender.CONSTANT),
                new Kind("greylisting at end of data", Schedule.POSTFIX, GoodSenders.GREYLISTING_AT_END, 100),
                new Kind("greylisting at end of data", Schedule.ONE_MINUTE, GoodSenders.GREYLISTING_AT_END, 100),
                new Kind("tag changes daily, stale DNS", Schedule.POSTFIX, GoodSenders.STALE_DNS, 23.6)
                        .sender(Sender.TAG_EACH_DAY),
                new Kind("tag changes each try, stale DNS", Schedule.POSTFIX, GoodSenders.STALE_DNS, 23.6)
                        .sender(Sender.TAG_EACH_TRY),
                new Kind("tag changes each try, brief", Schedule.POSTFIX, GoodSenders.BRIEF, 11.2)
                        .sender(Sender.TAG_EACH_TRY),
                new Kind("tag changes each try, brief", Schedule.NEVER, GoodSenders.BRIEF, 0)
                        .sender(Sender.TAG_EACH_TRY),
                new Kind("bounces to one recipient, brief", Schedule.POSTFIX, GoodSenders.BRIEF, 11.2)
                        .sender(Sender.BOUNCE));
    }

    private static List<Kind> volumes() {
        return List.of(
                new Kind("subscription bomb, half overloaded", Schedule.POSTFIX, GoodSenders.OVERLOAD_3_H, 39.9)
                        .volume(2, 8_000, 0.2, PER_HOUR_2000),
                new Kind("list 2000/h, VERP, cut off 3 h", Schedule.POSTFIX, GoodSenders.CUT_OFF_3_H, 76.1)
                        .volume(2, 8_000, 0.2, PER_HOUR_2000),
                new Kind("list 2000/h, VERP, cut off 3 h", Schedule.HOURLY, GoodSenders.CUT_OFF_3_H, 79.3)
                        .volume(2, 8_000, 0.2, PER_HOUR_2000),
                new Kind("list 500/h, cut off 12 h", Schedule.POSTFIX, GoodSenders.CUT_OFF_12_H, 86.1)
                        .volume(2, 7_000, 1, 13.4),
                new Kind("hourly 2 min outages, 10/h", Schedule.POSTFIX, GoodSenders.HOURLY_2_MIN, 4.2)
                        .volume(20, 240, 2 * MINUTE, 10 * MINUTE),
                new Kind("hourly 2 min outages, 10/h", Schedule.NEVER, GoodSenders.HOURLY_2_MIN, 0)
                        .volume(20, 240, 2 * MINUTE, 10 * MINUTE),
                new Kind("hourly 2 min outages, 10/h, known", Schedule.NEVER, GoodSenders.HOURLY_2_MIN, 0)
                        .volume(20, 240, 2 * MINUTE, 10 * MINUTE)
                        .known(10));
    }

    private static List<Kind> pools() {
        return List.of(
                new Kind("pool of 20 /24, brief, 100 a day", Schedule.POSTFIX, GoodSenders.BRIEF, 36.2)
                        .volume(15, 300, MINUTE, 27 * MINUTE)
                        .addresses(20, false),
                new Kind("pool of 20 /24, cut off 12 h", Schedule.POSTFIX, GoodSenders.CUT_OFF_12_H, 61.6)
                        .volume(15, 300, MINUTE, 9 * MINUTE)
                        .addresses(20, false),
                new Kind("pool of 20 in a /24, brief", Schedule.POSTFIX, GoodSenders.BRIEF, NOT_MODELED)
                        .volume(15, 300, MINUTE, 27 * MINUTE)
                        .addresses(20, true),
                new Kind("pool of 20 in a /24, cut off 12 h", Schedule.POSTFIX, GoodSenders.CUT_OFF_12_H, NOT_MODELED)
                        .volume(15, 300, MINUTE, 9 * MINUTE)
                        .addresses(20, true),
                new Kind("IPv4 and IPv6 in turn, brief", Schedule.POSTFIX, GoodSenders.BRIEF, NOT_MODELED)
                        .addresses(2, false),
                new Kind("IPv4 and IPv6 in turn, outage 6 h", Schedule.EXIM, GoodSenders.OUTAGE_6_H, NOT_MODELED)
                        .addresses(2, false));
    }

    private static List<Kind> sharedAddresses() {
        return List.of(
                shared(new Kind("spamware behind the same address", Schedule.POSTFIX, GoodSenders.NOTHING, 17.2)),
                shared(new Kind("spamware behind the same address", Schedule.NEVER, GoodSenders.NOTHING, 0)),
                shared(new Kind("the same, known for 10 d", Schedule.POSTFIX, GoodSenders.NOTHING, 0))
                        .known(10),
                shared(new Kind("the same, known for 10 d", Schedule.NEVER, GoodSenders.NOTHING, 0))
                        .known(10),
                new Kind("spamware floods from the same address", Schedule.POSTFIX, GoodSenders.BRIEF, NOT_MODELED)
                        .volume(10, 30, MINUTE, 2 * HOUR)
                        .spam(30),
                new Kind("web form, rare, not known", Schedule.NEVER, GoodSenders.RARE, 0)
                        .volume(60, 100, MINUTE, 4 * HOUR),
                new Kind("web form, rare, known", Schedule.NEVER, GoodSenders.RARE, 0)
                        .volume(60, 100, MINUTE, 4 * HOUR)
                        .known(10));
    }

    private static Kind shared(Kind kind) {
        return kind.volume(40, 60, MINUTE, DAY / 3.0).spam(3 * HOUR);
    }
}
