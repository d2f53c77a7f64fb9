package org.decoymx.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.decoymx.exchange.WitnessCodec.Witness;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.PrimaryAttempt;
import org.decoymx.policy.PrimaryReport;
import org.decoymx.policy.TrustVisit;
import org.decoymx.policy.VisitResult;
import org.junit.jupiter.api.Test;

class WitnessCodecTest {
    private static final long T = 1_800_000_000;
    private static final long MILLIS = T * 1_000;
    private static final String KEY_ID = "0123456789abcdef";
    private static final IpPrefix CLIENT =
            IpText.parsePrintedHostNetwork("192.0.2.1").orElseThrow();

    private static final List<PrimaryReport> REPORTS = List.of(
            new PrimaryReport.Seen(CLIENT, T, true),
            new PrimaryReport.Seen(CLIENT, T - 60, false),
            new PrimaryReport.Accepted(CLIENT, T - 8 * 86_400),
            PrimaryAttempt.ofClient(CLIENT, T),
            new PrimaryAttempt(CLIENT, T, Long.MIN_VALUE, -1, VisitResult.DEFERRED),
            new PrimaryAttempt(CLIENT, T, Long.MAX_VALUE, 1, VisitResult.REJECTED),
            new TrustVisit(CLIENT, T, -7, true, VisitResult.ASKED, false),
            new TrustVisit(CLIENT, T, 7, false, VisitResult.ACCEPTED, false));

    private static byte[] encode(PrimaryReport report) {
        return WitnessCodec.encode(new Witness(report, true, KEY_ID), 0);
    }

    @Test
    void report_isReadAsWritten() throws PoisonException {
        for (PrimaryReport report : REPORTS) {
            for (boolean sharesStates : new boolean[] {false, true}) {
                Witness witness = new Witness(report, sharesStates, KEY_ID);
                byte[] value = WitnessCodec.encode(witness, 0);
                assertThat(value).hasSizeLessThan(80);
                assertThat(WitnessCodec.decode(CLIENT, value, MILLIS, 0)).isEqualTo(witness);
            }
        }
    }

    /** Whether a deferral was given matters to the node that gave it only. */
    @Test
    void deferral_isNotShared() throws PoisonException {
        byte[] value = encode(new TrustVisit(CLIENT, T, 7, false, VisitResult.ASKED, true, true));
        assertThat(WitnessCodec.decode(CLIENT, value, MILLIS, 0).report())
                .isEqualTo(new TrustVisit(CLIENT, T, 7, false, VisitResult.ASKED, false));
    }

    @Test
    void times_areThoseOfTheBrokers_andNotInTheFuture() throws PoisonException {
        Witness witness = new Witness(new PrimaryReport.Accepted(CLIENT, T + 172_800), true, KEY_ID);
        byte[] value = WitnessCodec.encode(witness, 172_800);
        assertThat(WitnessCodec.decode(CLIENT, value, MILLIS, -100).report().at())
                .isEqualTo(T - 100);
        assertThat(WitnessCodec.decode(CLIENT, value, MILLIS - 60_000, 0)
                        .report()
                        .at())
                .isEqualTo(T - 60);
    }

    @Test
    void timesOutOfBounds_arePoison() {
        byte[] value = encode(REPORTS.get(0));
        for (long timestamp : new long[] {MILLIS - 11 * 60_000, MILLIS + 11 * 86_400_000L}) {
            assertThatThrownBy(() -> WitnessCodec.decode(CLIENT, value, timestamp, 0))
                    .isInstanceOf(PoisonException.class)
                    .hasMessageStartingWith("at: must be an integer from ");
        }
    }

    @Test
    void otherOctets_arePoison_orAReportOfTheSameClient() {
        Random random = new Random(1);
        for (PrimaryReport report : REPORTS) {
            byte[] value = encode(report);
            for (int length = 0; length < value.length; length++) {
                byte[] cut = Arrays.copyOf(value, length);
                assertThatThrownBy(() -> WitnessCodec.decode(CLIENT, cut, MILLIS, 0))
                        .isInstanceOf(PoisonException.class);
            }
            for (int i = 0; i < 2_000; i++) {
                byte[] changed = value.clone();
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
                try {
                    assertThat(WitnessCodec.decode(CLIENT, changed, MILLIS, 0)
                                    .report()
                                    .client())
                            .isEqualTo(CLIENT);
                } catch (PoisonException e) {
                    assertThat(e).hasMessageMatching("[ -~]{1,300}");
                }
            }
        }
    }
}
