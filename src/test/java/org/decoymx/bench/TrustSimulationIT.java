package org.decoymx.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.decoymx.bench.TrustWorld.Consumer;
import org.decoymx.bench.TrustWorld.Reports;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Thirty days of spamware and of good mail, with the default settings and the rules as they are shipped. */
@Tag("bench")
class TrustSimulationIT {
    private static final BenchmarkTable TABLE = new BenchmarkTable(
            "Simulation",
            "Thirty days of spam software and of good senders at one site, with the rules as they are shipped and their"
                    + " default settings, for each kind of consumer and of reports. Nobody who tries again may be"
                    + " rejected.");

    private static TrustSimulation full(Consumer consumer, Reports reports) {
        return new TrustSimulation(TABLE::addLine, consumer, reports, 30, Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    @Test
    void policyService_botsThatDoNotRetry_areNotAccepted() {
        full(Consumer.POLICY_SERVICE, Reports.ALL).playBots(true);
    }

    @Test
    void policyService_goodSendersThatRetry_areNotRejected() {
        full(Consumer.POLICY_SERVICE, Reports.ALL).playGoodSenders(true);
    }

    @Test
    void firewall_goodSendersThatRetry_areNotRejected() {
        TrustSimulation simulation = full(Consumer.FIREWALL, Reports.ALL);
        simulation.playBots(false);
        simulation.playGoodSenders(false);
    }

    @Test
    void siteWithGapsInItsReports_goodSendersThatRetry_areNotRejected() {
        TrustSimulation simulation = full(Consumer.POLICY_SERVICE, Reports.GAPS);
        simulation.playBots(false);
        simulation.playGoodSenders(false);
    }

    @Test
    void siteThatReportsNoResults_goodSendersThatRetry_areNotRejected() {
        TrustSimulation simulation = full(Consumer.POLICY_SERVICE, Reports.NO_RESULTS);
        simulation.playBots(false);
        simulation.playGoodSenders(false);
    }

    @Test
    void siteThatReportsNothing_nobodyIsRejected() {
        TrustSimulation simulation = full(Consumer.POLICY_SERVICE, Reports.NONE);
        simulation.playBots(false);
        simulation.playGoodSenders(false);
    }

    @Test
    void messageToManyRecipients_retriedInAnyOrder_isRecognized() {
        double inOrder = new MultiRecipientSimulation().deferredAgain(false);
        double shuffled = new MultiRecipientSimulation().deferredAgain(true);
        TABLE.addLine(String.format(
                Locale.ROOT,
                "50 recipients, retried: %.1f %% deferred once more in the same order (model 0.0), %.1f %% shuffled"
                        + " (model 24.2)",
                inOrder,
                shuffled));
        assertThat(inOrder).isZero();
        assertThat(shuffled).isLessThan(30);
    }
}
