package org.decoymx.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.Tier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which decisions a node keeps in the topic, and which it deletes there. */
class SharedDecisionsTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final IpPrefix SENDER = IpPrefix.ofBits(false, 0xc0000201L);
    private static final ManualDecision OWN = confirmed("a", 0);
    private static final long KEPT_SECONDS = 60 + 90 * 86_400L;

    private final LedgerOfDecisions ledger = new LedgerOfDecisions("a");
    private final ClockOffset offset = new ClockOffset();
    private final List<ControlRecord.ControlMessage> topic = new ArrayList<>();
    private boolean hasName = true;
    private final SharedDecisions decisions =
            new SharedDecisions(ledger, offset, () -> hasName, Clock.fixed(NOW, ZoneOffset.UTC));

    private static ManualDecision confirmed(String node, long second) {
        long at = NOW.getEpochSecond() + second;
        return new ManualDecision(Tier.CONFIRMED, at, at + 60, "", node);
    }

    @BeforeEach
    void writeOwnDecision() throws Exception {
        offset.learn(NOW.toEpochMilli(), NOW.toEpochMilli(), NOW.toEpochMilli());
        assertThat(written(0, Map.of(SENDER, OWN))).containsExactly(new ControlRecord.Decided(SENDER, OWN));
    }

    /**
     * What the node writes when it has read the topic again, in which another node has just sent a heartbeat.
     *
     * @param second the time of the brokers
     * @param left what the ledger knows after that
     */
    private List<ControlRecord> written(long second, Map<IpPrefix, ManualDecision> left) throws Exception {
        append(new ControlRecord.Heartbeat("b", 1, 0, 0), second);
        decisions.restart((content, done) -> {}, "A");
        decisions.read(topic);
        ledger.known.clear();
        ledger.known.putAll(left);
        List<ControlRecord> written = new ArrayList<>();
        decisions.write((content, done) -> written.add(content));
        written.forEach(content -> append(content, second));
        return written;
    }

    private void append(ControlRecord content, long second) {
        topic.add(new ControlRecord.ControlMessage(content, topic.size(), NOW.plusSeconds(second)));
    }

    private static ControlRecord deletion() {
        return new ControlRecord.Deleted(new ControlRecord.Decided(SENDER, OWN).key());
    }

    @Test
    void decision_thatTheLedgerHasNoRoomFor_staysForOtherNodes_untilItIsShownNoMore() throws Exception {
        assertThat(written(1, Map.of())).isEmpty();
        assertThat(written(KEPT_SECONDS - 1, Map.of())).isEmpty();
        assertThat(written(KEPT_SECONDS, Map.of())).containsExactly(deletion());
        assertThat(written(KEPT_SECONDS + 1, Map.of())).isEmpty();
    }

    @Test
    void decision_afterALaterOneOfAnotherNode_isDeleted() throws Exception {
        append(new ControlRecord.Decided(SENDER, confirmed("b", 1)), 1);
        assertThat(written(2, Map.of(SENDER, confirmed("b", 1)))).containsExactly(deletion());
        assertThat(written(3, Map.of(SENDER, confirmed("b", 1)))).isEmpty();
    }

    @Test
    void decision_ofANodeThatLostItsName_staysAsItIs() throws Exception {
        hasName = false;
        assertThat(written(KEPT_SECONDS, Map.of(SENDER, confirmed("b", 1)))).isEmpty();
    }
}
