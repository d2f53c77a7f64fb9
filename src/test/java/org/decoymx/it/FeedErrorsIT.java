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

/** Whoever asks the feeds for what is not there, or not allowed, is told what is. */
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

    private static HttpResponse<byte[]> ask(String method, String path) throws IOException {
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
    void unknownFeed_isAProblemThatNamesTheFeeds(String path) throws IOException {
        HttpResponse<byte[]> answer = ask("GET", path);

        assertThat(answer.statusCode()).isEqualTo(404);
        if (!path.contains("%2e")) {
            assertThat(header(answer, "Content-Type")).isEqualTo("application/problem+json");
            assertThat(new JsonObject(new String(answer.body(), StandardCharsets.UTF_8)).getString("detail"))
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
    void unknownParameter_isAProblemThatSaysWhatIsAllowed(String path) throws IOException {
        HttpResponse<byte[]> answer = ask("GET", path);

        assertThat(answer.statusCode()).isEqualTo(400);
        JsonObject problem = new JsonObject(new String(answer.body(), StandardCharsets.UTF_8));
        assertThat(problem.getInteger("status")).isEqualTo(400);
        assertThat(problem.getString("detail")).containsAnyOf("4 or 6", "a whole number", "one each of", "?since=");
        assertThat(header(answer, "Cache-Control")).isEqualTo("no-store");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
    void otherMethod_isRefused_withThoseThatAreAllowed(String method) throws IOException {
        for (String path : new String[] {"/blocklist.txt", "/feeds", "/feeds/plain", "/feeds/nix"}) {
            HttpResponse<byte[]> answer = ask(method, path);
            assertThat(answer.statusCode()).as("%s %s", method, path).isEqualTo(405);
            assertThat(header(answer, "Allow")).isEqualTo("GET, HEAD");
        }
    }
}
