package org.decoymx.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.decoymx.exchange.KnownNodes.Presence;
import org.decoymx.ledger.Node;
import org.junit.jupiter.api.Test;

class NodeStatusTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final String KEY = "0123456789abcdef";

    private final LedgerOfDecisions ledger = new LedgerOfDecisions("mx1") {
        @Override
        public Map<Node, Integer> nodes() {
            return Map.of(new Node("mx2"), 2);
        }
    };

    private static Presence seen(Duration silentFor, String key) {
        Instant at = NOW.minus(silentFor).plusMillis(1);
        return new Presence(ExchangeRole.BOTH, key, 1, at, at);
    }

    private List<NodeStatus> all(Map<String, Presence> seen, Instant brokerTime) {
        return NodeStatus.all(ledger, seen, KEY, brokerTime);
    }

    @Test
    void node_isSilent_afterFiveMinutesByTheClockOfTheBrokers() {
        Map<String, Presence> seen =
                Map.of("mx1", seen(Duration.ZERO, KEY), "mx2", seen(Duration.ofMinutes(6), "another"));
        assertThat(all(seen, NOW))
                .containsExactly(
                        new NodeStatus("mx1", true, "both", NOW, false, 0, true),
                        new NodeStatus("mx2", false, "both", NOW.minusSeconds(360), true, 2, false));
        assertThat(all(seen, NOW.minus(Duration.ofMinutes(2))))
                .extracting(NodeStatus::silent)
                .containsExactly(false, false);
    }

    @Test
    void nodes_ofImports_haveNoHeartbeat() {
        assertThat(all(Map.of(), NOW))
                .containsExactly(
                        new NodeStatus("mx1", true, null, null, false, 0, true),
                        new NodeStatus("mx2", false, null, null, false, 2, true))
                .extracting(NodeStatus::life)
                .containsExactly("this node", "no heartbeat");
    }

    @Test
    void node_isKnown_onceItWasSeen() {
        assertThat(all(Map.of("mx0", seen(Duration.ZERO, KEY)), NOW))
                .extracting(NodeStatus::name, NodeStatus::states)
                .containsExactly(tuple("mx0", 0), tuple("mx1", 0), tuple("mx2", 2));
    }
}
