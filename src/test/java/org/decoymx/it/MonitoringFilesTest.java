package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The dashboard and the alert rules have only metrics that the decoy has. */
class MonitoringFilesTest {
    private static final Set<String> DOCUMENTED = DocumentedMetrics.read().names();

    /** What Prometheus itself says about a target. */
    private static final String UP = "up";

    @Test
    void metrics_ofAnExpression_areFound() {
        assertThat(MonitoringFiles.metrics("sum by (job) (rate(a_total{b=\"c d\", e!~\"f\"}[5m])) > 2 * (g offset 1d)"
                        + " unless on (h) i == 1e9 or vector(0)"))
                .containsExactly("a_total", "g", "i");
    }

    @Test
    void dashboard_hasDocumentedMetrics_andDescribedPanels() {
        List<JsonNode> panels = MonitoringFiles.panels();
        assertThat(panels).hasSizeGreaterThan(20);
        Set<String> titles = new HashSet<>();
        Set<Integer> ids = new HashSet<>();
        for (JsonNode panel : panels) {
            String title = panel.path("title").asText();
            assertThat(titles.add(title)).as(title).isTrue();
            assertThat(ids.add(panel.path("id").asInt())).as(title).isTrue();
            assertThat(panel.path("description").asText()).as(title).isNotBlank();
            assertThat(panel.at("/datasource/uid").asText()).as(title).isEqualTo("${datasource}");
            assertThat(MonitoringFiles.expressions(panel))
                    .as(title)
                    .isNotEmpty()
                    .allSatisfy(expression -> {
                        Set<String> metrics = MonitoringFiles.metrics(expression);
                        assertThat(metrics).as(expression).isNotEmpty().isSubsetOf(DOCUMENTED);
                        assertThat(expression).contains("job=\"decoymx\"", "instance=~");
                    });
        }
    }

    @Test
    void dashboard_hasAVariableForTheDataSource() {
        JsonNode variable = MonitoringFiles.dashboard().at("/templating/list/0");
        assertThat(variable.path("name").asText()).isEqualTo("datasource");
        assertThat(variable.path("type").asText()).isEqualTo("datasource");
        assertThat(variable.path("query").asText()).isEqualTo("prometheus");
    }

    @Test
    void panels_doNotOverlap() {
        Set<List<Integer>> cells = new HashSet<>();
        MonitoringFiles.stream(MonitoringFiles.dashboard().path("panels")).forEach(panel -> {
            JsonNode place = panel.path("gridPos");
            int left = place.path("x").asInt();
            assertThat(left + place.path("w").asInt()).isLessThanOrEqualTo(24);
            for (int x = left; x < left + place.path("w").asInt(); x++) {
                for (int y = place.path("y").asInt();
                        y < place.path("y").asInt() + place.path("h").asInt();
                        y++) {
                    assertThat(cells.add(List.of(x, y)))
                            .as(panel.path("title").asText())
                            .isTrue();
                }
            }
        });
    }

    @Test
    void rules_haveDocumentedMetrics_andAreTested() throws IOException {
        String tests = Files.readString(MonitoringFiles.RULE_TESTS);
        assertThat(MonitoringFiles.rules()).hasSizeGreaterThan(10).allSatisfy(rule -> {
            String alert = rule.path("alert").asText();
            assertThat(tests).contains("alertname=\"" + alert + "\"");
            assertThat(rule.at("/labels/severity").asText()).as(alert).isIn("critical", "warning");
            assertThat(rule.at("/annotations/summary").asText()).as(alert).isNotBlank();
            assertThat(rule.at("/annotations/description").asText()).as(alert).isNotBlank();
            Set<String> metrics = MonitoringFiles.metrics(rule.path("expr").asText());
            metrics.remove(UP);
            assertThat(metrics).as(alert).isSubsetOf(DOCUMENTED);
        });
    }
}
