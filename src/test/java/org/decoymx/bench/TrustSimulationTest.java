package org.decoymx.bench;

import org.decoymx.bench.TrustWorld.Consumer;
import org.decoymx.bench.TrustWorld.Reports;
import org.junit.jupiter.api.Test;

/** A few days with a few senders of each kind; {@link TrustSimulationIT} has all. */
class TrustSimulationTest {
    private static TrustSimulation few(Reports reports) {
        return new TrustSimulation(System.out::println, Consumer.POLICY_SERVICE, reports, 5, 5, 40);
    }

    @Test
    void goodSendersThatRetry_fewDays_areNotRejected() {
        few(Reports.ALL).playGoodSenders(false);
    }

    @Test
    void goodSendersThatRetry_reportsWithGaps_areNotRejected() {
        few(Reports.GAPS).playGoodSenders(false);
    }

    @Test
    void siteThatReportsNothing_fewDays_nobodyIsRejected() {
        few(Reports.NONE).playGoodSenders(false);
        few(Reports.NONE).playBots(false);
    }
}
