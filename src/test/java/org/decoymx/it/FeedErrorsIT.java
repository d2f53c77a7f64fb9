package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.it.HttpRequests.header;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Invalid requests to the feeds get a response that says what is allowed. */
class FeedErrorsIT {
    private static DecoyProcess decoy;

    @BeforeAll
    static void start() {
        decoy = DecoyProcess.start("decoy.smtp.greeting-delay=0s");
    }

    @AfterAll
    static void stop() {
        decoy.close();
    }

    private static HttpResponse<byte[]> send(String method, String path) throws IOException {
        return HttpRequests.send(method, decoy.url(path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/feeds/nix",
                "/feeds/plain/x",
                "/feeds/plain.gz",
                "/feeds/PLAIN",
                "/feeds/misp/x.json",
                "/feeds/%2e%2e/x"
            })
    void unknownFeed_returnsProblem_withFeedNames(String path) throws IOException {
        HttpResponse<byte[]> response = send("GET", path);

        assertThat(response.statusCode()).isEqualTo(404);
        if (!path.contains("%2e")) {
            assertThat(header(response, "Content-Type")).isEqualTo("application/problem+json");
            assertThat(new JsonObject(new String(response.body(), StandardCharsets.UTF_8)).getString("detail"))
                    .contains(FeedContentIT.FORMATS);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/feeds/plain?family=5",
                "/feeds/plain?min-points=x",
                "/feeds/plain?famly=4",
                "/blocklist.txt?family=4&family=6",
                "/feeds/changes",
                "/feeds/changes?since=x",
                "/feeds/stream?since=x"
            })
    void invalidParameter_returnsProblem_withAllowedValues(String path) throws IOException {
        HttpResponse<byte[]> response = send("GET", path);

        assertThat(response.statusCode()).isEqualTo(400);
        JsonObject problem = new JsonObject(new String(response.body(), StandardCharsets.UTF_8));
        assertThat(problem.getInteger("status")).isEqualTo(400);
        assertThat(problem.getString("detail")).containsAnyOf("4 or 6", "a whole number", "one each of", "?since=");
        assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
    void otherMethod_isRejected_withAllowHeader(String method) throws IOException {
        for (String path : new String[] {"/blocklist.txt", "/feeds", "/feeds/plain", "/feeds/nix"}) {
            HttpResponse<byte[]> response = send(method, path);
            assertThat(response.statusCode()).as("%s %s", method, path).isEqualTo(405);
            assertThat(header(response, "Allow")).isEqualTo("GET, HEAD");
        }
    }
}
