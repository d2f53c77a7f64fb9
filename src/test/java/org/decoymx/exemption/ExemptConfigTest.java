package org.decoymx.exemption;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.decoymx.support.ConfigCheck;
import org.decoymx.support.ConfigKeys;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExemptConfigTest {
    private static List<String> check(String key, int elements, String element) {
        String value = String.join(",", Collections.nCopies(elements, element));
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(Map.of(key, value), "test", 400))
                .build();
        return new ConfigCheck(new ConfigKeys(List.of(ExemptConfig.class)), List.of(), List.of())
                .check(config)
                .problems();
    }

    @ParameterizedTest
    @CsvSource({
        "decoy.exempt.name-servers, 8, 192.0.2.53",
        "decoy.exempt.spf-domains, 200, example.org",
        "decoy.exempt.dnswl-zones, 10, list.example.org",
        "decoy.exempt.files, 16, /etc/passwd"
    })
    void lists_haveALimit(String key, int limit, String element) {
        assertThat(check(key, limit, element)).isEmpty();
        assertThat(check(key, limit + 1, element))
                .containsExactly(key + ": " + (limit + 1) + " elements are too many (at most " + limit + ")");
    }
}
