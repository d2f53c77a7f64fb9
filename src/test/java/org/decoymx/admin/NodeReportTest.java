package org.decoymx.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.qute.Engine;
import io.quarkus.qute.ReflectionValueResolver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.decoymx.admin.NodeReport.NodeView;
import org.decoymx.exchange.ExchangeStatus;
import org.decoymx.exchange.ExchangeStatus.NodeStatus;
import org.decoymx.ledger.Node;
import org.decoymx.support.Condition.Failure;
import org.junit.jupiter.api.Test;

class NodeReportTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    private static NodeStatus node(String name, Duration silentFor) {
        Optional<Instant> heartbeat = Optional.of(NOW.minus(silentFor));
        return new NodeStatus(name, name.equals("mx1"), Optional.of("both"), heartbeat, 7, true);
    }

    private static ExchangeStatus status(Duration clockOffset, Optional<Failure> failure, NodeStatus... nodes) {
        return new ExchangeStatus("both", List.of(nodes), 1, 2, Duration.ofSeconds(3), 4, 5, 6, clockOffset, failure);
    }

    @Test
    void node_isSilent_afterFiveMinutesByTheClockOfTheBrokers() {
        NodeStatus[] nodes = {node("mx1", Duration.ZERO), node("mx2", Duration.ofMinutes(6))};
        assertThat(NodeReport.of(status(Duration.ZERO, Optional.empty(), nodes), NOW)
                        .nodes())
                .extracting(NodeView::silent)
                .containsExactly(false, true);
        assertThat(NodeReport.of(status(Duration.ofMinutes(2), Optional.empty(), nodes), NOW)
                        .nodes())
                .extracting(NodeView::silent)
                .containsExactly(false, false);
    }

    @Test
    void nodes_ofImports_haveNoHeartbeat() {
        NodeReport report = NodeReport.of(Map.of(new Node("mx2"), 2, new Node("mx1"), 1), new Node("mx1"));
        assertThat(report.sharing()).isNull();
        assertThat(report.nodes()).extracting(NodeView::life).containsExactly("this node", "no heartbeat");
    }

    @Test
    void page_showsSilentNodesFirst_andWhatIsWrong() throws IOException {
        ExchangeStatus status = status(
                Duration.ZERO,
                Optional.of(new Failure(NOW, "kafka1:9092 <does> not answer")),
                node("mx0", Duration.ZERO),
                node("mx1", Duration.ZERO),
                node("mx2", Duration.ofMinutes(6)));
        Engine engine = Engine.builder()
                .addDefaults()
                .addValueResolver(new ReflectionValueResolver())
                .build();
        String page = engine.parse(Files.readString(Path.of("src/main/resources/templates/nodes.html")))
                .data("nodes", NodeReport.of(status, NOW))
                .render();
        assertThat(page)
                .containsSubsequence("mx2</th>", "silent</strong> last heartbeat 2026-11-27T11:54:00Z", "mx1</th>")
                .containsSubsequence("this node", "mx0</th>", "1 commits of this one", "2 records")
                .contains("Not shared since 2026-11-27T12:00:00Z");
    }
}
