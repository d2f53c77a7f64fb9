package org.decoymx.bench;

import static org.decoymx.bench.BotScripts.bounces;
import static org.decoymx.bench.BotScripts.constant;
import static org.decoymx.bench.BotScripts.letters;
import static org.decoymx.bench.BotScripts.random;
import static org.decoymx.bench.BotScripts.servers;
import static org.decoymx.bench.BotScripts.smallDomain;
import static org.decoymx.bench.BotScripts.snowshoe;

import java.util.List;
import java.util.Random;
import org.decoymx.bench.BotScripts.Kind;

/** The kinds of bots in the simulation, with the percentage that got in by the reference model. */
final class BotKinds {
    /** For a kind that the reference model does not have. */
    static final double NOT_MODELED = -1;

    private BotKinds() {}

    private static String anyOrder(Random random) {
        return random.nextBoolean() ? "PD" : "DP";
    }

    private static String any(Random random) {
        return random.nextBoolean() ? "P" : "D";
    }

    static final List<Kind> ALL = List.of(
            new Kind("decoy then primary", servers(r -> "DP"), false, 0.0),
            new Kind("primary then decoy", servers(r -> "PD"), false, 5.3),
            new Kind("one MX at random", servers(r -> random(r, 1)), false, 10.2),
            new Kind("3 messages, random MX", servers(r -> random(r, 3)), false, 2.1),
            new Kind("all MX, random order", servers(BotKinds::anyOrder), false, 1.9),
            new Kind("1 at primary, 10 at decoy", servers(r -> "pdddddddddd"), false, 3.4),
            new Kind("10 messages, random MX", servers(r -> random(r, 10)), false, 0.7),
            new Kind("constant envelope, decoy then primary", constant(r -> "DP"), false, 0.0),
            new Kind("constant envelope, random MX", constant(BotKinds::any), true, 63.9),
            new Kind("constant envelope, all MX, any order", constant(BotKinds::anyOrder), true, 24.7),
            new Kind("constant envelope, random MX, each 1-3 h", constant(BotKinds::any), true, 89.6).often(),
            new Kind("10 recipients, constant sender", smallDomain(10, i -> "x"), true, 21.5).bots(80),
            new Kind("10 recipients, numbered senders", smallDomain(10, i -> "x" + i), true, NOT_MODELED).bots(80),
            new Kind("10 recipients, senders of that domain", smallDomain(10, i -> "x" + letters(i)), false, 0.7)
                    .bots(80),
            new Kind("10 recipients, 3 messages each 1-3 h", smallDomain(3, i -> "x" + letters(i)), false, 0.1).often(),
            new Kind("same host 3 times, then the next", BotScripts::hammer, true, 88.2),
            new Kind("retries deferrals; decoy then primary", servers(r -> "DP"), true, 83.6).tryingAgain(),
            new Kind("retries deferrals; random MX", servers(r -> random(r, 1)), true, 19.4).tryingAgain(),
            new Kind("retries deferrals; 10, random MX", servers(r -> random(r, 10)), true, 3.8)
                    .bots(60)
                    .tryingAgain(),
            new Kind("evasion: one fake retry", BotScripts::fakeRetryOnce, false, 7.0),
            new Kind("evasion: a fake retry a day", BotScripts::fakeRetryDaily, true, 4.1).bots(60),
            new Kind("evasion: three fake retries a day", BotScripts::fakeRetryThrice, true, NOT_MODELED).bots(60),
            new Kind("evasion: each message twice at decoy", BotScripts::twiceAtDecoy, false, 0.3),
            new Kind("evasion: bounces only, random MX", bounces(r -> random(r, 1)), false, NOT_MODELED),
            new Kind("evasion: bounces only, 3 messages", bounces(r -> random(r, 3)), false, NOT_MODELED),
            new Kind("evasion: /24 of 5, decoy then primary", snowshoe(r -> "DP", 5), false, NOT_MODELED),
            new Kind("evasion: /24 of 5, 10 messages", snowshoe(r -> random(r, 10), 5), false, NOT_MODELED));
}
