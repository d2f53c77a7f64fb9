package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
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

    /** The profile "monitoring" of compose.yaml: names, ports and mounts in the files agree. */
    @Test
    void compose_monitorsTheDecoy() {
        JsonNode compose = MonitoringFiles.deployed("compose.yaml").path("services");
        JsonNode job = MonitoringFiles.deployed("prometheus/prometheus.yml").at("/scrape_configs/0");
        assertThat(job.path("job_name").asText()).isEqualTo("decoymx");
        assertThat(job.path("metrics_path").asText()).isEqualTo("/q/metrics");
        assertThat(job.at("/static_configs/0/targets/0").asText()).isEqualTo("decoymx:9000");
        assertThat(compose.has("decoymx")).isTrue();
        JsonNode source = MonitoringFiles.deployed("grafana/provisioning/datasources/prometheus.yml")
                .at("/datasources/0");
        assertThat(source.path("url").asText()).isEqualTo("http://prometheus:9090");
        assertThat(source.path("type").asText()).isEqualTo("prometheus");
        assertThat(compose.at("/prometheus/volumes/0").asText()).isEqualTo("./prometheus:/etc/prometheus:ro");
        String dashboards = MonitoringFiles.deployed("grafana/provisioning/dashboards/decoymx.yml")
                .at("/providers/0/options/path")
                .asText();
        assertThat(compose.at("/grafana/volumes/0").asText())
                .isEqualTo("./grafana/provisioning:/etc/grafana/provisioning:ro");
        assertThat(compose.at("/grafana/volumes/1").asText())
                .isEqualTo("./grafana/decoymx.json:" + dashboards + "/decoymx.json:ro");
    }

    /** With deploy/.env complete, nothing of a profile must be needed without it. */
    @Test
    void compose_needsOnlyHostNameAndDomains() throws IOException {
        String all = Files.readString(Path.of("deploy/compose.yaml"))
                + Files.readString(Path.of("deploy/exchange/compose.yaml"));
        assertThat(Pattern.compile("(?<!\\$)\\$\\{(\\w+):\\?")
                        .matcher(all)
                        .results()
                        .map(name -> name.group(1)))
                .containsExactlyInAnyOrder("DECOY_HOSTNAME", "DECOY_DOMAINS");
    }
}
