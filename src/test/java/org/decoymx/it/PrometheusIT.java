package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prometheus' own tool reads the alert rules and the expressions of the dashboard, and tests when an alert fires. */
class PrometheusIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    Path dir;

    private static void assertAccepted(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = RealProgram.require("promtool");
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        CompletedProgram run = CompletedProgram.run(LIMIT, command);
        assertThat(run.code()).as(run.output()).isZero();
        assertThat(run.output()).contains("SUCCESS");
    }

    @Test
    void rules_areValid() {
        assertAccepted("check", "rules", "--lint-fatal", MonitoringFiles.RULES.toString());
    }

    /** With the rules beside it, as compose.yaml mounts them. */
    @Test
    void configuration_isValid() {
        assertAccepted("check", "config", MonitoringFiles.PROMETHEUS.toString());
    }

    @Test
    void alerts_fire_whenTheyShould() {
        assertAccepted("test", "rules", MonitoringFiles.RULE_TESTS.toString());
    }

    /** As rules, because the tool does not read dashboards. */
    @Test
    void dashboard_hasValidExpressions() throws IOException {
        List<String> expressions = MonitoringFiles.panels().stream()
                .flatMap(MonitoringFiles::expressions)
                .toList();
        List<Map<String, String>> rules = IntStream.range(0, expressions.size())
                .mapToObj(i -> Map.of("record", "panel" + i, "expr", expressions.get(i)))
                .toList();
        Path file = dir.resolve("dashboard.yml");
        new YAMLMapper().writeValue(file.toFile(), Map.of("groups", List.of(Map.of("name", "panels", "rules", rules))));
        assertAccepted("check", "rules", file.toString());
    }
}
