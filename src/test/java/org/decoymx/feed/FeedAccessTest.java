package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.decoymx.feed.FeedConfig.AccessPolicy;
import org.junit.jupiter.api.Test;

/** Validation of the configuration at startup. An integration test covers the access checks. */
class FeedAccessTest {
    private static final String TOKEN = "sixteen-letters!";

    private static FeedAccess feedAccess(AccessPolicy access, List<String> tokens, List<String> networks) {
        return new FeedAccess(new FeedConfig() {
            @Override
            public Duration maxAge() {
                return Duration.ofSeconds(60);
            }

            @Override
            public AccessPolicy access() {
                return access;
            }

            @Override
            public Optional<List<String>> tokens() {
                return Optional.of(tokens);
            }

            @Override
            public Optional<List<String>> networks() {
                return Optional.of(networks);
            }
        });
    }

    @Test
    void tooManyValues_areRejected() {
        assertThatThrownBy(() -> feedAccess(AccessPolicy.TOKEN, Collections.nCopies(101, TOKEN), List.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("decoy.feed.tokens")
                .hasMessageContaining("1 to 100")
                .hasMessageNotContaining(TOKEN);
        assertThatThrownBy(() -> feedAccess(AccessPolicy.NETWORK, List.of(), Collections.nCopies(1_001, "192.0.2.1")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("decoy.feed.networks")
                .hasMessageContaining("1 to 1000");
    }

    @Test
    void missingValues_areRejected() {
        assertThatThrownBy(() -> feedAccess(AccessPolicy.TOKEN, List.of(), List.of()))
                .hasMessageContaining("decoy.feed.tokens");
        assertThatThrownBy(() -> feedAccess(AccessPolicy.NETWORK, List.of(TOKEN), List.of()))
                .hasMessageContaining("decoy.feed.networks");
    }

    @Test
    void unusedValue_isStillValidated() {
        assertThatThrownBy(() -> feedAccess(AccessPolicy.OPEN, List.of("short"), List.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("decoy.feed.tokens")
                .hasMessageNotContaining("short");
        assertThatThrownBy(() -> feedAccess(AccessPolicy.OPEN, List.of(), List.of("nix")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("'nix'");
    }
}
