package org.decoymx.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.decoymx.bench.TrustWorld.Mail;

/** The ways of spamware to choose a server, after those that were seen, and after what its author could try. */
final class BotScripts {
    private static final double MINUTE = 60;
    private static final double HOUR = 3_600;
    private static final Mail CONSTANT = new Mail("me", "ex", "me");

    private BotScripts() {}

    /** An attempt, some seconds after the beginning of a campaign, by one of the bot's addresses. */
    record Attempt(double offset, boolean atDecoy, Mail mail, int address) {
        Attempt(double offset, boolean atDecoy, Mail mail) {
            this(offset, atDecoy, mail, 0);
        }
    }

    /** What a bot sends in its campaign number {@code k}. */
    interface Script {
        List<Attempt> campaign(Random random, int k);
    }

    /**
     * A kind of bot.
     *
     * @param retries whether it tries deferred mail again, so that no rule may refuse all of it
     * @param shortestGap the shortest time between campaigns, in hours
     * @param longestGap the longest
     * @param triesAgain whether it tries what the primary deferred twice more, after 6 to 30 minutes each
     * @param modelAccepts the percentage that gets in by the reference model
     */
    record Kind(
            String name,
            Script script,
            boolean retries,
            int bots,
            double shortestGap,
            double longestGap,
            boolean triesAgain,
            double modelAccepts) {
        Kind(String name, Script script, boolean retries, double modelAccepts) {
            this(name, script, retries, 150, 6, 30, false, modelAccepts);
        }

        Kind often() {
            return new Kind(name, script, retries, 40, 1, 3, triesAgain, modelAccepts);
        }

        Kind bots(int count) {
            return new Kind(name, script, retries, count, shortestGap, longestGap, triesAgain, modelAccepts);
        }

        Kind tryingAgain() {
            return new Kind(name, script, retries, bots, shortestGap, longestGap, true, modelAccepts);
        }
    }

    /** Digits as letters, because the rules do not distinguish the digits of a reverse-path. */
    static String letters(int number) {
        return Integer.toString(number, 10)
                .chars()
                .collect(StringBuilder::new, (s, c) -> s.append((char) (c - '0' + 'a')), StringBuilder::append)
                .toString();
    }

    private static Mail mail(int k, int i) {
        return new Mail("f" + letters(k) + "." + letters(i), "d" + k + "." + i, "r" + k + "." + i);
    }

    private static double pause(Random random, double from, double to) {
        return from + random.nextDouble() * (to - from);
    }

    /** Servers in an order: D and P with the same message, d and p with a message each. */
    static Script servers(Function<Random, String> order) {
        return (random, k) -> {
            List<Attempt> attempts = new ArrayList<>();
            double offset = 0;
            int i = 0;
            for (char server : order.apply(random).toCharArray()) {
                offset += pause(random, 2, 120);
                Mail mail = mail(k, Character.isLowerCase(server) ? i + 1 : 0);
                attempts.add(new Attempt(offset, Character.toLowerCase(server) == 'd', mail));
                i++;
            }
            return attempts;
        };
    }

    /** The same message in all campaigns. */
    static Script constant(Function<Random, String> order) {
        return (random, k) -> servers(order).campaign(random, k).stream()
                .map(a -> new Attempt(a.offset(), a.atDecoy(), CONSTANT))
                .toList();
    }

    /** The servers in an order, each attempt by another address of its network. */
    static Script snowshoe(Function<Random, String> order, int addresses) {
        return (random, k) -> servers(order).campaign(random, k).stream()
                .map(a -> new Attempt(a.offset(), a.atDecoy(), a.mail(), random.nextInt(addresses)))
                .toList();
    }

    /** Bounces only. */
    static Script bounces(Function<Random, String> order) {
        return (random, k) -> servers(order).campaign(random, k).stream()
                .map(a -> new Attempt(
                        a.offset(), a.atDecoy(), new Mail("", "", a.mail().recipient())))
                .toList();
    }

    static String random(Random random, int count) {
        StringBuilder order = new StringBuilder();
        for (int i = 0; i < count; i++) {
            order.append(random.nextBoolean() ? 'd' : 'p');
        }
        return order.toString();
    }

    /** Messages to ten recipients of a small domain, from one address, or from many of that domain. */
    static Script smallDomain(int count, Function<Integer, String> from) {
        return (random, k) -> {
            List<Attempt> attempts = new ArrayList<>();
            double offset = 0;
            for (int i = 0; i < count; i++) {
                offset += pause(random, 2, 120);
                Mail mail = new Mail(from.apply(k * 100 + i), "ex", "r" + random.nextInt(10));
                attempts.add(new Attempt(offset, random.nextBoolean(), mail));
            }
            return attempts;
        };
    }

    /** The same server three times, some minutes apart, then the other. */
    static List<Attempt> hammer(Random random, int k) {
        List<Attempt> attempts = new ArrayList<>();
        double offset = 0;
        for (char server : (random.nextBoolean() ? "DDDPPP" : "PPPDDD").toCharArray()) {
            offset += pause(random, 3 * MINUTE, 9 * MINUTE);
            attempts.add(new Attempt(offset, server == 'D', mail(k, 0)));
        }
        return attempts;
    }

    private static List<Attempt> fakeRetry(int k) {
        Mail mail = new Mail("c" + letters(k), "c", "c" + k);
        return new ArrayList<>(List.of(new Attempt(0, true, mail), new Attempt(6 * MINUTE, false, mail)));
    }

    private static List<Attempt> later(double seconds, List<Attempt> attempts) {
        return attempts.stream()
                .map(a -> new Attempt(a.offset() + seconds, a.atDecoy(), a.mail(), a.address()))
                .toList();
    }

    /** Shows a queue once, and then sends as it likes. */
    static List<Attempt> fakeRetryOnce(Random random, int k) {
        String[] orders = {"dp", "ppd", "pppd"};
        return k == 1
                ? fakeRetry(k)
                : servers(r -> orders[r.nextInt(orders.length)]).campaign(random, k);
    }

    /** Shows a queue in each campaign, and sends ten other messages. */
    static List<Attempt> fakeRetryDaily(Random random, int k) {
        List<Attempt> attempts = fakeRetry(k);
        attempts.addAll(later(7 * MINUTE, servers(r -> "pdpdpdpdpd").campaign(random, k + 1_000)));
        return attempts;
    }

    /** Shows three queues a day, as much as clears for long. */
    static List<Attempt> fakeRetryThrice(Random random, int k) {
        List<Attempt> attempts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            attempts.addAll(later(i * 8 * MINUTE, fakeRetry(k * 10 + i)));
        }
        attempts.addAll(later(HOUR, servers(r -> "pdpdpdpdpd").campaign(random, k + 1_000)));
        return attempts;
    }

    /** Each message twice to the decoy, six minutes apart, and others to the primary. */
    static List<Attempt> twiceAtDecoy(Random random, int k) {
        List<Attempt> attempts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            attempts.add(new Attempt(i * MINUTE, true, mail(k, i)));
            attempts.add(new Attempt(i * MINUTE + 6 * MINUTE, true, mail(k, i)));
        }
        attempts.addAll(later(10 * MINUTE, servers(r -> "ppp").campaign(random, k + 1_000)));
        return attempts;
    }
}
