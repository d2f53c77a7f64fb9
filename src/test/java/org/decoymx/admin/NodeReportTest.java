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
import org.decoymx.exchange.ExchangeStatus;
import org.decoymx.exchange.NodeStatus;
import org.junit.jupiter.api.Test;

class NodeReportTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    private static NodeStatus node(String name, Duration silentFor) {
        boolean silent = silentFor.compareTo(NodeStatus.SILENCE) > 0;
        return new NodeStatus(name, name.equals("mx1"), "both", NOW.minus(silentFor), silent, 7, true);
    }

    @Test
    void page_showsSilentNodesFirst_andWhatIsWrong() throws IOException {
        ExchangeStatus status = new ExchangeStatus("both", 1, 2, 3, 4, 5, 6, 0, "kafka1:9092 <does> not answer", NOW);
        NodeReport report = new NodeReport(
                status,
                List.of(node("mx0", Duration.ZERO), node("mx1", Duration.ZERO), node("mx2", Duration.ofMinutes(6))));
        Engine engine = Engine.builder()
                .addDefaults()
                .addValueResolver(new ReflectionValueResolver())
                .build();
        String page = engine.parse(Files.readString(Path.of("src/main/resources/templates/nodes.html")))
                .data("nodes", report)
                .render();
        assertThat(page)
                .containsSubsequence("mx2</th>", "silent</strong> last heartbeat 2026-11-27T11:54:00Z", "mx1</th>")
                .containsSubsequence("this node", "mx0</th>", "1 commits of this one", "2 records")
                .contains("Not shared since 2026-11-27T12:00:00Z");
    }
}
