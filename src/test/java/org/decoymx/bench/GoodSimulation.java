package org.decoymx.bench;

import static org.decoymx.bench.GoodSenders.DAY;

import it.unimi.dsi.fastutil.longs.LongList;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import org.decoymx.bench.GoodSenders.Kind;
import org.decoymx.bench.GoodSenders.Way;
import org.decoymx.bench.TrustWorld.Client;
import org.decoymx.bench.TrustWorld.Consumer;
import org.decoymx.bench.TrustWorld.Mail;
import org.decoymx.bench.TrustWorld.Reports;
import org.decoymx.bench.TrustWorld.Result;
import org.decoymx.policy.TrustSettings;

/** Plays good senders of one kind, each in a world of its own, in the order of time. */
final class GoodSimulation {
    private static final double PATIENCE = 5 * DAY;
    private static final long TO_NEXT_MX = 5;
    private static final long MAX_TO_NEXT_MX = 60;

    private final TrustSettings settings;
    private final Consumer consumer;
    private final Reports reports;

    GoodSimulation(TrustSettings settings, Consumer consumer, Reports reports) {
        this.settings = settings;
        this.consumer = consumer;
        this.reports = reports;
    }

    private enum Type {
        MAIL,
        EARLIER_MAIL,
        SPAM
    }

    /** An attempt; {@code deferredAt} is when the list first put it off at the primary, or -1. */
    private record Event(
            double at, int sequence, Type type, int message, int tries, double first, double deferredAt, double gap) {}

    MailDelays.Totals play(Kind kind, int senders, int messages) {
        Random random = new Random(1);
        MailDelays delays = new MailDelays();
        int count = Math.min(senders, kind.count());
        int each = Math.min(messages, kind.messages());
        for (int sender = 0; sender < count; sender++) {
            new OneSender(kind, random, delays).play(each);
        }
        return delays.totals(count * each);
    }

    private final class OneSender {
        private final Kind kind;
        private final Random random;
        private final MailDelays delays;
        private final TrustWorld world = new TrustWorld(settings, consumer, reports);
        private final PriorityQueue<Event> events =
                new PriorityQueue<>(Comparator.comparingDouble(Event::at).thenComparingInt(Event::sequence));
        private int sequence;

        OneSender(Kind kind, Random random, MailDelays delays) {
            this.kind = kind;
            this.random = random;
            this.delays = delays;
        }

        private double between(double from, double to) {
            return from + random.nextDouble() * (to - from);
        }

        private void add(double at, Type type, int message) {
            events.add(new Event(at, sequence++, type, message, 0, at, -1, 0));
        }

        void play(int messages) {
            double start = kind.knownDays() * (double) DAY;
            for (int day = 0; day < kind.knownDays(); day++) {
                add(between(day, day + 1) * DAY, Type.EARLIER_MAIL, day);
            }
            double at = start;
            for (int message = 0; message < messages; message++) {
                at += between(kind.shortestGap(), kind.longestGap());
                add(at, Type.MAIL, message);
            }
            for (double spam = start; kind.spamGap() > 0 && spam < at; spam += between(0.5, 1.5) * kind.spamGap()) {
                add(spam, Type.SPAM, sequence);
            }
            while (!events.isEmpty()) {
                play(events.remove());
            }
        }

        private void play(Event event) {
            long at = TrustWorld.START + (long) event.at();
            switch (event.type()) {
                case EARLIER_MAIL ->
                    world.offerToPrimary(
                            at, client(0), new Mail("w" + event.message(), "g", "w" + event.message()), false, false);
                case SPAM ->
                    world.offerToDecoy(
                            at,
                            client(0),
                            new Mail(
                                    "e" + BotScripts.letters(event.message()),
                                    "evil" + event.message(),
                                    "e" + event.message()));
                case MAIL -> offer(event, at);
            }
        }

        private Client client(int address) {
            return new Client(address, kind.oneNetwork() ? 0 : address);
        }

        private Mail mail(Event event) {
            String local = "f" + event.message();
            String recipient = "r" + event.message();
            return switch (kind.sender()) {
                case FIXED -> new Mail(local, "g", recipient);
                case TAG_EACH_DAY -> new Mail("prvs=0" + (int) (event.at() / DAY) + "abcdef=" + local, "g", recipient);
                case TAG_EACH_TRY -> new Mail("prvs=0" + event.tries() + "abcdef=" + local, "g", recipient);
                case CONSTANT -> new Mail("cron", "g", "admin");
                case BOUNCE -> new Mail("", "", "r0");
            };
        }

        private void offer(Event event, long at) {
            Client client = client(random.nextInt(kind.addresses()));
            Mail mail = mail(event);
            Way way = kind.problem().way(random, event.at(), event.first());
            long atDecoy = at + (long) between(TO_NEXT_MX, MAX_TO_NEXT_MX);
            Result result = Result.TEMPORARY_FAILURE;
            switch (way) {
                case DECOY -> world.offerToDecoy(at, client, mail);
                case PRIMARY_FAILS, PRIMARY_FAILS_AT_END -> {
                    boolean atEnd = way == Way.PRIMARY_FAILS_AT_END;
                    result = world.offerToPrimary(at, client, mail, true, atEnd);
                    world.offerToDecoy(atDecoy, client, mail);
                }
                case DECOY_THEN_PRIMARY -> {
                    world.offerToDecoy(at, client, mail);
                    result = world.offerToPrimary(at + TO_NEXT_MX, client, mail, false, false);
                }
                case PRIMARY -> result = world.offerToPrimary(at, client, mail, false, false);
            }
            if (result == Result.REJECTED) {
                delays.addRejected();
            } else if (result == Result.ACCEPTED) {
                accept(event);
            } else {
                if (way == Way.PRIMARY || way == Way.DECOY_THEN_PRIMARY) {
                    world.offerToDecoy(atDecoy, client, mail);
                }
                retry(event, result);
            }
        }

        private void accept(Event event) {
            boolean longLate = event.deferredAt() >= 0 && event.at() - event.deferredAt() > allowed(event.gap());
            delays.addAccepted(event.at() - event.first(), longLate);
        }

        /** One interval; who retries sooner than a return counts needs as long as that more. */
        private double allowed(double gap) {
            double retryAfter = settings.retryAfter().toSeconds();
            return gap < retryAfter ? gap + retryAfter : gap;
        }

        private void retry(Event event, Result result) {
            LongList gaps = kind.schedule().gaps();
            double gap = event.tries() < gaps.size() ? gaps.getLong(event.tries()) : Double.MAX_VALUE;
            if (event.at() + gap - event.first() > PATIENCE) {
                delays.addLost();
                return;
            }
            boolean byList = result == Result.DEFERRED || result == Result.DROPPED;
            boolean firstByList = byList && event.deferredAt() < 0;
            events.add(new Event(
                    event.at() + gap,
                    sequence++,
                    event.type(),
                    event.message(),
                    event.tries() + 1,
                    event.first(),
                    firstByList ? event.at() : event.deferredAt(),
                    firstByList ? gap : event.gap()));
        }
    }
}
