package org.decoymx;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.decoymx.support.ConfigReport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetiredKeysTest {
    @ParameterizedTest
    @CsvSource({
        "decoy.policy.points.rcpt, decoy.policy.points.data",
        "decoy.primary.witness-window, decoy.policy.known-days"
    })
    void retiredKey_isIgnored_withOneWarning(String key, String successor) {
        ConfigReport report = ConfigMappings.check()
                .check(new SmallRyeConfigBuilder()
                        .addDefaultInterceptors()
                        .addDiscoveredConverters()
                        .withSources(new PropertiesConfigSource(Map.of(key, "36h"), "test", 100))
                        .build());
        assertThat(report.problems()).noneMatch(problem -> problem.contains(key));
        assertThat(report.warnings())
                .singleElement()
                .asString()
                .startsWith(key + ": ignored, as this key is retired; use " + successor + ". ");
    }
}
