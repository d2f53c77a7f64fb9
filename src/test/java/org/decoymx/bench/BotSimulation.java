package org.decoymx.bench;

import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import org.decoymx.bench.BotScripts.Attempt;
import org.decoymx.bench.BotScripts.Kind;
import org.decoymx.bench.TrustWorld.Client;
import org.decoymx.bench.TrustWorld.Consumer;
import org.decoymx.bench.TrustWorld.Mail;
import org.decoymx.bench.TrustWorld.Reports;
import org.decoymx.bench.TrustWorld.Result;
import org.decoymx.policy.TrustSettings;

/** Plays bots of one kind, each in a world of its own, in the order of time. */
final class BotSimulation {
    /** The primary puts off this share for its own reasons, so not all can get in even without the decoy. */
    private static final double PRIMARY_FAILS = 0.1;

    private static final double HOUR = 3_600;
    private static final double MINUTE = 60;
    private static final int MAX_TRIES = 2;

    private final TrustSettings settings;
    private final Consumer consumer;
    private final Reports reports;
    private final int days;

    BotSimulation(TrustSettings settings, Consumer consumer, Reports reports, int days) {
        this.settings = settings;
        this.consumer = consumer;
        this.reports = reports;
        this.days = days;
    }

    private record Event(double at, int sequence, Attempt attempt, int tries) {}

    /** Counts of what the primary did. */
    record Totals(Map<Result, Integer> counts) {

        double percent(Result result) {
            int total = counts.values().stream().mapToInt(Integer::intValue).sum();
            return total == 0 ? 0 : 100.0 * counts.getOrDefault(result, 0) / total;
        }

        double accepted() {
            return percent(Result.ACCEPTED);
        }

        String row(Kind kind) {
            return String.format(
                    Locale.ROOT,
                    "%-42s %8.1f %8s %8.1f %8.1f",
                    kind.name(),
                    accepted(),
                    kind.modelAccepts() < 0 ? "-" : String.format(Locale.ROOT, "%.1f", kind.modelAccepts()),
                    percent(Result.DEFERRED),
                    percent(Result.REJECTED) + percent(Result.DROPPED));
        }
    }

    static String header() {
        return String.format(
                Locale.ROOT,
                "%-42s %8s %8s %8s %8s",
                "bots, % of attempts",
                "accepted",
                "model",
                "deferred",
                "rejected");
    }

    Totals play(Kind kind, int bots) {
        Random random = new Random(1);
        Map<Result, Integer> counts = new EnumMap<>(Result.class);
        for (int bot = 0; bot < Math.min(bots, kind.bots()); bot++) {
            play(kind, random, counts);
        }
        return new Totals(counts);
    }

    private void play(Kind kind, Random random, Map<Result, Integer> counts) {
        TrustWorld world = new TrustWorld(settings, consumer, reports);
        PriorityQueue<Event> events =
                new PriorityQueue<>(Comparator.comparingDouble(Event::at).thenComparingInt(Event::sequence));
        int sequence = 0;
        double start = random.nextDouble() * 24 * HOUR;
        double end = Duration.ofDays(days).toSeconds();
        for (int k = 1; start < end; k++) {
            for (Attempt attempt : kind.script().campaign(random, k)) {
                events.add(new Event(start + attempt.offset(), sequence++, attempt, 0));
            }
            start += (kind.shortestGap() + random.nextDouble() * (kind.longestGap() - kind.shortestGap())) * HOUR;
        }
        while (!events.isEmpty()) {
            Event event = events.remove();
            Attempt attempt = event.attempt();
            long at = TrustWorld.START + (long) event.at();
            Client client = new Client(attempt.address(), 0);
            Mail mail = attempt.mail();
            if (attempt.atDecoy()) {
                world.offerToDecoy(at, client, mail);
                continue;
            }
            Result result = world.offerToPrimary(at, client, mail, random.nextDouble() < PRIMARY_FAILS, false);
            counts.merge(result, 1, Integer::sum);
            boolean putOff = result == Result.DEFERRED || result == Result.TEMPORARY_FAILURE;
            if (putOff && kind.triesAgain() && event.tries() < MAX_TRIES) {
                double again = event.at() + (6 + random.nextDouble() * 24) * MINUTE;
                events.add(new Event(again, sequence++, attempt, event.tries() + 1));
            }
        }
    }
}
