package org.decoymx.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.decoymx.bench.TrustWorld.Consumer;
import org.decoymx.bench.TrustWorld.Reports;
import org.decoymx.policy.TrustSettings;

/** Plays all kinds of bots and good senders with the default settings, makes a table, and checks the goals. */
final class TrustSimulation {
    /** The most that gets in of bots that do not retry. */
    private static final double BOTS_ACCEPTED = 10;

    /** Differences of the random numbers. */
    private static final double NOISE = 3;

    /** The most of a good sender's messages that is late by more than one interval of its retry schedule. */
    private static final double LONG_LATE = 5;

    /**
     * Where a sender cannot prove itself by its first retry: it retries so seldom that a retry cannot be told from new
     * mail, or from another network, or its address is shared with spamware and its own mail was never caught.
     */
    private static final Set<String> SLOW_PROOF = Set.of(
            "stale DNS 2 d/queue run 6 h",
            "outage 6 h, 40 a day/queue run 6 h",
            "pool of 20 /24, brief, 100 a day/Postfix",
            "pool of 20 /24, cut off 12 h/Postfix",
            "spamware behind the same address/Postfix",
            "spamware floods from the same address/Postfix");

    /** Each address of the network is caught on its own; to list the network is left to the site. */
    private static final String SNOWSHOE = "evasion: /24 of 5, decoy then primary";

    private static final double SNOWSHOE_ACCEPTED = 30;

    private final java.util.function.Consumer<String> output;
    private final Consumer consumer;
    private final Reports reports;
    private final int days;
    private final int maxSenders;
    private final int maxMessages;

    /**
     * @param output takes each line of the tables
     * @param days how long the bots are played
     * @param maxSenders the most senders of a kind
     * @param maxMessages the most messages of a good sender
     */
    TrustSimulation(
            java.util.function.Consumer<String> output,
            Consumer consumer,
            Reports reports,
            int days,
            int maxSenders,
            int maxMessages) {
        this.output = output;
        this.consumer = consumer;
        this.reports = reports;
        this.days = days;
        this.maxSenders = maxSenders;
        this.maxMessages = maxMessages;
    }

    private String title() {
        return consumer + ", reports: " + reports + "; the model is for the policy service with all reports";
    }

    /** Plays the bots, and checks their goals if that is asked for. */
    void playBots(boolean checkGoals) {
        SoftAssertions goals = new SoftAssertions();
        output.accept(title());
        output.accept(BotSimulation.header());
        BotSimulation simulation = new BotSimulation(TrustSettings.DEFAULTS, consumer, reports, days);
        for (BotScripts.Kind kind : BotKinds.ALL) {
            BotSimulation.Totals totals = simulation.play(kind, maxSenders);
            output.accept(totals.row(kind));
            double limit = kind.name().equals(SNOWSHOE) ? SNOWSHOE_ACCEPTED : BOTS_ACCEPTED;
            if (checkGoals && !kind.retries()) {
                goals.assertThat(totals.accepted()).as(kind.name()).isLessThanOrEqualTo(limit);
            }
            if (checkGoals && kind.modelAccepts() >= 0) {
                goals.assertThat(totals.accepted()).as(kind.name()).isLessThanOrEqualTo(kind.modelAccepts() + NOISE);
            }
            if (reports == Reports.NONE) {
                assertThat(totals.percent(TrustWorld.Result.REJECTED)).isZero();
                assertThat(totals.percent(TrustWorld.Result.DROPPED)).isZero();
            }
        }
        goals.assertAll();
    }

    /** Plays the good senders; none that retries may be rejected. */
    void playGoodSenders(boolean checkDelays) {
        SoftAssertions goals = new SoftAssertions();
        output.accept(title());
        output.accept(MailDelays.header());
        GoodSimulation simulation = new GoodSimulation(TrustSettings.DEFAULTS, consumer, reports);
        for (GoodSenders.Kind kind : GoodKinds.ALL) {
            MailDelays.Totals totals = simulation.play(kind, maxSenders, maxMessages);
            output.accept(totals.row(kind));
            String name = kind.name() + "/" + kind.schedule().name();
            if (kind.retries() || reports == Reports.NONE) {
                goals.assertThat(totals.rejected()).as(name).isZero();
            }
            if (checkDelays && kind.retries() && !SLOW_PROOF.contains(name)) {
                goals.assertThat(totals.longLate()).as(name).isLessThanOrEqualTo(LONG_LATE);
            }
        }
        goals.assertAll();
    }
}
