package org.decoymx;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The check of the keys for access at the start. Integration tests cover the access itself. */
class AccessKeysTest {
    private static final String TOKEN = "sixteen-letters!";

    private static List<String> problems(Map<String, String> settings) {
        return ConfigMappings.check()
                .check(new SmallRyeConfigBuilder()
                        .addDefaultInterceptors()
                        .addDiscoveredConverters()
                        .withSources(new PropertiesConfigSource(settings, "test", 100))
                        .build())
                .problems()
                .stream()
                .filter(problem -> problem.matches("decoy\\.(admin|witness|feed|notify|exchange)\\..*"))
                .toList();
    }

    private static List<String> feedProblems(String access, String tokens, String networks) {
        return problems(
                Map.of("decoy.feed.access", access, "decoy.feed.tokens", tokens, "decoy.feed.networks", networks));
    }

    @Test
    void validValues_areTaken() {
        assertThat(feedProblems("token", TOKEN, "")).isEmpty();
        assertThat(feedProblems("network", "", "192.0.2.0/24,2001:db8::/32")).isEmpty();
        assertThat(problems(Map.of("decoy.admin.token", TOKEN, "decoy.witness.token", TOKEN)))
                .isEmpty();
    }

    @Test
    void tooManyValues_areRejected() {
        assertThat(feedProblems("token", String.join(",", Collections.nCopies(101, TOKEN)), ""))
                .containsExactly("decoy.feed.tokens: 101 elements are too many (at most 100)");
        assertThat(feedProblems("network", "", String.join(",", Collections.nCopies(1_001, "192.0.2.1"))))
                .containsExactly("decoy.feed.networks: 1001 elements are too many (at most 1000)");
    }

    @Test
    void missingValues_areRejected() {
        assertThat(feedProblems("token", "", "192.0.2.1"))
                .containsExactly("decoy.feed.tokens: 0 elements are set, but decoy.feed.access is token; set 1 to 100");
        assertThat(feedProblems("network", TOKEN, ""))
                .containsExactly(
                        "decoy.feed.networks: 0 elements are set, but decoy.feed.access is network; set 1 to 1000");
    }

    @Test
    void unusedValue_isStillValidated() {
        assertThat(feedProblems("open", "short", ""))
                .containsExactly(
                        "decoy.feed.tokens: the value is not 16 to 256 printable ASCII characters" + " without blanks");
        assertThat(feedProblems("open", "", "nix"))
                .containsExactly("decoy.feed.networks: 'nix' is not an IP address or a network"
                        + " (examples: 192.0.2.1, 192.0.2.0/24, 2001:db8::/32)");
    }

    /** A backslash is the escape character of lists, so the token would silently be a different one. */
    @Test
    void backslashInFeedToken_isRejected() {
        assertThat(feedProblems("token", "sixteen-letters-\\x", ""))
                .singleElement()
                .asString()
                .startsWith("decoy.feed.tokens: a token contains a backslash");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fifteen-letters", "sixteen letters and more", "sixteen-l\u00e4tters"})
    void invalidToken_isRejected_andNotQuoted(String invalid) {
        for (String key : new String[] {"decoy.admin.token", "decoy.witness.token", "decoy.feed.tokens"}) {
            assertThat(problems(Map.of(key, invalid)))
                    .containsExactly(key + ": the value is not 16 to 256 printable ASCII characters without blanks");
        }
    }

    @Test
    void tlsBucketOfTheExchange_needsCertificates() {
        for (String part : List.of("key-store.pem.0.cert", "trust-store.pem.certs")) {
            assertThat(problems(Map.of("decoy.exchange.tls", "x", "quarkus.tls.x." + part, "x.pem")))
                    .isEmpty();
        }
        assertThat(problems(Map.of("decoy.exchange.tls", "x", "quarkus.tls.x.reload-period", "1h")))
                .singleElement()
                .asString()
                .startsWith("decoy.exchange.tls: 'x' is not a TLS bucket with certificates; set quarkus.tls.x.");
    }

    @Test
    void prefixesOfTheExchange_differ() {
        assertThat(problems(Map.of("decoy.exchange.prefix", "decoymx,friends"))).isEmpty();
        assertThat(problems(Map.of("decoy.exchange.prefix", "decoymx,friends,decoymx")))
                .containsExactly("decoy.exchange.prefix: 'decoymx' is set twice; set each name once");
    }

    @Test
    void webhook_needsASecret_andAnInvalidUrlIsNotQuoted() {
        assertThat(problems(Map.of("decoy.notify.url", "https://hooks.example.org/x", "decoy.notify.secret", TOKEN)))
                .isEmpty();
        assertThat(problems(Map.of("decoy.notify.url", "https://hooks.example.org/x")))
                .singleElement()
                .asString()
                .startsWith("decoy.notify.secret: not set, but decoy.notify.url is");
        assertThat(problems(Map.of("decoy.notify.url", "ftp://hooks.example.org/x", "decoy.notify.secret", TOKEN)))
                .singleElement()
                .asString()
                .startsWith("decoy.notify.url: the value is not an http or https URL")
                .doesNotContain("ftp");
    }
}
