package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Access to the feeds when it is restricted. */
class FeedAccessIT {
    private static final String TOKEN = "first-feed-token";
    private static final String OTHER = "other-feed-token";
    private static final String[] PATHS = {
        "/blocklist.txt", "/blocklist.txt.zst", "/feeds", "/feeds/plain", "/feeds/nix", "/feeds/changes?since=1"
    };

    private static String sendGet(DecoyProcess decoy, String path, String header) throws IOException {
        return RawHttp.send(
                decoy.url(""), "GET " + path + " HTTP/1.1\nHost: localhost\nConnection: close\n" + header + "\n");
    }

    private static String basic(String credentials) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)) + "\n";
    }

    @Test
    void token_isRequired_andAnyConfiguredOneIsAccepted() throws IOException {
        try (DecoyProcess decoy =
                DecoyProcess.start("decoy.feed.access=token", "decoy.feed.tokens=" + TOKEN + "," + OTHER)) {
            for (String path : PATHS) {
                assertThat(sendGet(decoy, path, ""))
                        .startsWith("HTTP/1.1 401 ")
                        .containsIgnoringCase(
                                "\r\nWWW-Authenticate: Basic realm=\"decoymx\", Bearer realm=\"decoymx\"\r\n")
                        .contains("\"status\":401");
            }
            for (String wrong : new String[] {"Authorization: Bearer x\n", basic("feed:x"), "Authorization: x\n"}) {
                assertThat(sendGet(decoy, "/feeds/plain", wrong)).startsWith("HTTP/1.1 401 ");
            }
            for (String right : new String[] {"Authorization: Bearer " + TOKEN + "\n", basic("feed:" + OTHER)}) {
                assertThat(sendGet(decoy, "/feeds/plain", right)).startsWith("HTTP/1.1 200 ");
                assertThat(sendGet(decoy, "/feeds/nix", right)).startsWith("HTTP/1.1 404 ");
            }
            assertThat(decoy.getManagement("/q/health/ready").statusCode()).isEqualTo(200);
            assertThat(decoy.log()).doesNotContain(TOKEN).doesNotContain(OTHER);
        }
    }

    /** curl and other clients send the credentials of a URL, or of {@code -u}, as Basic authentication. */
    @Test
    void curl_sendsTokenAsBasicPassword() {
        try (DecoyProcess decoy = DecoyProcess.start("decoy.feed.access=token", "decoy.feed.tokens=" + TOKEN)) {
            String curl = RealProgram.require("curl");
            java.time.Duration limit = java.time.Duration.ofMinutes(2);
            assertThat(CompletedProgram.run(limit, curl, "-fsS", "-u", "feed:" + TOKEN, decoy.url("/feeds/plain"))
                            .output())
                    .contains("# decoymx: ");
            assertThat(CompletedProgram.run(limit, curl, "-fsS", decoy.url("/feeds/plain"))
                            .code())
                    .isEqualTo(22);
        }
    }

    @Test
    void network_notConfigured_isForbidden() throws IOException {
        try (DecoyProcess decoy =
                DecoyProcess.start("decoy.feed.access=network", "decoy.feed.networks=192.0.2.0/24,2001:db8::/32")) {
            for (String path : PATHS) {
                assertThat(sendGet(decoy, path, "")).startsWith("HTTP/1.1 403 ").contains("decoy.feed.networks");
            }
        }
    }

    /** What a proxy has appended counts, not what the client has sent. */
    @Test
    void network_behindAProxy_isThatOfTheLastAddress() throws IOException {
        try (DecoyProcess decoy = DecoyProcess.start(
                "decoy.feed.access=network",
                "decoy.feed.networks=127.0.0.0/8",
                "quarkus.http.proxy.proxy-address-forwarding=true")) {
            for (String chosen : List.of("", "127.0.0.1, ", "127.0.0.7, ", "10.0.0.1, 127.0.0.7,")) {
                assertThat(sendGet(decoy, "/feeds/plain", "X-Forwarded-For: " + chosen + "192.0.2.9\n"))
                        .as(chosen)
                        .startsWith("HTTP/1.1 403 ");
                assertThat(sendGet(decoy, "/feeds/plain", "X-Forwarded-For: " + chosen + "127.0.0.9\n"))
                        .as(chosen)
                        .startsWith("HTTP/1.1 200 ");
            }
            assertThat(sendGet(decoy, "/feeds/plain", "X-Forwarded-For: 192.0.2.9, 127.0.0.9\n"))
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "192.0.2.0/24,127.0.0.0/8"})
    void network_configured_mayRead(String networks) throws IOException {
        try (DecoyProcess decoy = DecoyProcess.start("decoy.feed.access=network", "decoy.feed.networks=" + networks)) {
            assertThat(sendGet(decoy, "/feeds/plain", "X-Forwarded-For: 192.0.2.1\n"))
                    .startsWith("HTTP/1.1 200 ");
        }
    }
}
