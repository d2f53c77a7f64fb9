package org.decoymx.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.decoymx.ledger.ExportedTrust;
import org.decoymx.ledger.LedgerRecord;
import org.decoymx.ledger.Node;
import org.decoymx.ledger.SenderCounts;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.EnvelopeMemory;
import org.decoymx.policy.Listing;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.RememberedEnvelope;
import org.decoymx.policy.RetryProof;
import org.decoymx.policy.SenderScore;
import org.decoymx.policy.Tier;
import org.decoymx.policy.TrustState;
import org.junit.jupiter.api.Test;

class ClockOffsetTest {
    private static final long T = 1_800_000_000;
    private static final long TWO_DAYS = 2 * 86_400;

    private final ClockOffset offset = new ClockOffset();

    private void learn(long aheadMillis, long roundTripMillis) {
        offset.learn(
                T * 1_000 + aheadMillis, T * 1_000 + roundTripMillis / 2, T * 1_000 + aheadMillis + roundTripMillis);
    }

    private static LedgerRecord state(long t) {
        EnvelopeMemory memory = new EnvelopeMemory(List.of(new RememberedEnvelope(7, t, t + 9, 3)));
        SenderCounts counts = new SenderCounts(
                new Node("a"),
                IpPrefix.ofBits(false, 1),
                t,
                t + 1,
                1,
                1,
                0,
                0,
                new SenderScore(1, t + 2, 1, t + 3, 0, 5),
                1);
        TrustState trust = new TrustState(
                t + 4,
                new Listing(Tier.SUSPECT, t + 5, t + 6, 0, false),
                new RetryProof(0, t + 7, t + 8, 0, 1, 2, 3, true),
                memory,
                EnvelopeMemory.EMPTY);
        return new LedgerRecord(counts, null, new ExportedTrust(trust, ""), null);
    }

    @Test
    void smallDifference_isNothing() {
        assertThat(offset.isKnown()).isFalse();
        learn(59_000, 200);
        assertThat(offset.isKnown()).isTrue();
        assertThat(offset.ahead()).isZero();
        assertThat(offset.toBrokers(state(T))).isEqualTo(state(T));
    }

    @Test
    void clockThatIsWrong_movesAllTimes_butNotNever() {
        learn(TWO_DAYS * 1_000, 4_000);
        assertThat(offset.ahead()).isEqualTo(Duration.ofDays(2));
        assertThat(offset.toBrokers(state(T))).isEqualTo(state(T - TWO_DAYS));
        assertThat(offset.fromBrokers(state(T))).isEqualTo(state(T + TWO_DAYS));
        ManualDecision decision = new ManualDecision(Tier.NONE, T, 0, "", "a");
        assertThat(offset.toBrokers(decision)).isEqualTo(new ManualDecision(Tier.NONE, T - TWO_DAYS, 0, "", "a"));
        assertThat(offset.fromBrokers(offset.toBrokers(decision))).isEqualTo(decision);
    }

    @Test
    void difference_staysWhileItVariesALittle_andFollowsACorrection() {
        learn(-TWO_DAYS * 1_000, 0);
        learn(-TWO_DAYS * 1_000 + 50_000, 0);
        assertThat(offset.ahead()).isEqualTo(Duration.ofDays(-2));
        learn(-TWO_DAYS * 1_000 + 70_000, 0);
        assertThat(offset.ahead()).isEqualTo(Duration.ofSeconds(-TWO_DAYS + 70));
        learn(1_000, 0);
        assertThat(offset.ahead()).isZero();
    }

    @Test
    void differenceNearTheLimit_doesNotChangeAllTheTime() {
        learn(62_000, 0);
        learn(59_000, 0);
        learn(31_000, 0);
        assertThat(offset.ahead()).isEqualTo(Duration.ofSeconds(62));
        learn(30_000, 0);
        learn(59_000, 0);
        assertThat(offset.ahead()).isZero();
    }

    @Test
    void slowAnswer_tellsNothing() {
        learn(TWO_DAYS * 1_000, 25_000);
        learn(0, -1_000);
        assertThat(offset.isKnown()).isFalse();
    }
}
