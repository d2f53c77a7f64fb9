package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** decoy-fetch with the real curl, and with a server that sends responses the decoy never sends. */
class DecoyFetchIT {
    private static final String LIST = "# a comment\n192.0.2.9\n";
    private static final String NEW = "# a comment\n192.0.2.9\n192.0.2.10\n";

    private final Path dir = TestResources.createDirectory("fetch");
    private final Path file = dir.resolve("list");
    private final Path runs = dir.resolve("runs");

    /** The path, If-None-Match and Authorization of each request. */
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    private HttpServer server = serve(0);
    private volatile String body = LIST;
    private volatile int status = 200;
    private volatile long extraLength;

    private HttpServer serve(int port) {
        try {
            HttpServer created = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            created.createContext("/", this::answer);
            created.start();
            return created;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] octets = body.getBytes(StandardCharsets.UTF_8);
        String tag = "\"" + body.hashCode() + "\"";
        String ifNoneMatch = exchange.getRequestHeaders().getFirst("If-None-Match");
        requests.add(exchange.getRequestURI() + " " + ifNoneMatch + " "
                + exchange.getRequestHeaders().getFirst("Authorization"));
        exchange.getResponseHeaders().set("ETag", tag);
        exchange.getResponseHeaders().set("Location", "/other");
        if (status == 200 && tag.equals(ifNoneMatch)) {
            exchange.sendResponseHeaders(304, -1);
        } else {
            exchange.sendResponseHeaders(status, octets.length == 0 ? -1 : octets.length + extraLength);
            exchange.getResponseBody().write(octets);
        }
        exchange.close();
    }

    @BeforeEach
    void fetchOnce() {
        assertThat(fetch().run()).isEqualTo(new CompletedProgram(0, ""));
        assertThat(file).hasContent(LIST);
        assertThat(runs).hasContent("run\n");
    }

    @AfterEach
    void clean() {
        server.stop(0);
        assertThat(leftovers()).isEmpty();
        TestResources.delete(dir);
    }

    private List<String> leftovers() {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith(".decoy-fetch"))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/feeds/plain";
    }

    private DecoyFetch fetch() {
        return DecoyFetch.of(url(), file, "sh", "-c", "echo run >> '" + runs + "'");
    }

    private DecoyFetch fetchFailing() {
        return DecoyFetch.of(url(), file, "sh", "-c", "exit 7");
    }

    private void assertOldListKept(CompletedProgram run, String message) {
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.output().lines())
                .singleElement()
                .asString()
                .startsWith("decoy-fetch: " + url() + ": ")
                .contains(message)
                .endsWith("; the old list stays");
        assertThat(file).hasContent(LIST);
        assertThat(runs).hasContent("run\n");
    }

    private void assertNewListFetched() {
        status = 200;
        extraLength = 0;
        body = NEW;
        assertThat(fetch().run()).isEqualTo(new CompletedProgram(0, ""));
        assertThat(file).hasContent(NEW);
        assertThat(runs).hasContent("run\nrun\n");
    }

    @Test
    void list_unchanged_isNotSentAgain_andRunsNoCommand() {
        assertThat(fetch().run()).isEqualTo(new CompletedProgram(0, ""));
        assertThat(requests).containsExactly("/feeds/plain \"\" null", "/feeds/plain \"" + LIST.hashCode() + "\" null");
        assertThat(runs).hasContent("run\n");
        assertNewListFetched();
    }

    @Test
    void list_isWorldReadable() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
    }

    @ParameterizedTest
    @CsvSource({"503, HTTP status 503", "404, HTTP status 404", "302, HTTP status 302"})
    void response_withOtherStatus_keepsOldList(int code, String message) {
        status = code;
        body = NEW;
        assertOldListKept(fetch().run(), message);
        assertNewListFetched();
    }

    @Test
    void response_empty_keepsOldList() {
        body = "";
        assertOldListKept(fetch().run(), "the response is empty");
        assertNewListFetched();
    }

    @Test
    void response_truncated_keepsOldList() {
        body = NEW;
        extraLength = 100;
        assertOldListKept(fetch().run(), "curl: (18)");
        assertNewListFetched();
    }

    @Test
    void server_down_keepsOldList_andNextFetchSucceeds() {
        int port = server.getAddress().getPort();
        server.stop(0);
        assertOldListKept(fetch().run(), "curl: (7)");
        server = serve(port);
        assertNewListFetched();
    }

    @Test
    void server_downAtFirstFetch_createsNoFile() throws IOException {
        Files.delete(file);
        String url = url();
        server.stop(0);
        CompletedProgram run = fetch().run();
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.output())
                .startsWith("decoy-fetch: " + url)
                .endsWith("; there is no list yet\n")
                .hasLineCount(1);
        assertThat(file).doesNotExist();
    }

    @Test
    void command_failing_isReported_andRunsAgainWithoutChange() {
        body = NEW;
        CompletedProgram run = fetchFailing().run();
        assertThat(run.code()).isEqualTo(7);
        assertThat(run.output())
                .isEqualTo("decoy-fetch: " + file
                        + " was updated, but 'sh -c exit 7' failed with exit code 7;"
                        + " it runs again at the next fetch\n");
        assertThat(file).hasContent(NEW);
        assertNewListFetched();
        assertThat(fetch().run()).isEqualTo(new CompletedProgram(0, ""));
        assertThat(runs).hasContent("run\nrun\n");
    }

    @Test
    void list_deleted_isFetchedAgain() throws IOException {
        Files.delete(file);
        assertNewListFetched();
    }

    @Test
    void url_changed_isFetchedInFull_despiteEqualTag() {
        DecoyFetch other = DecoyFetch.of(url() + "?family=4", file);
        assertThat(other.run()).isEqualTo(new CompletedProgram(0, ""));
        assertThat(requests).last().isEqualTo("/feeds/plain?family=4 \"\" null");
    }

    @Test
    void token_isSentUnchanged() throws IOException {
        Path token = Files.writeString(dir.resolve("token"), "a\"b\\c\n");
        List<String> command = new ArrayList<>(List.of("env", "DECOYMX_TOKEN_FILE=" + token));
        command.addAll(fetch().command());
        DecoyFetch withToken = new DecoyFetch(file, command);
        assertThat(withToken.run()).isEqualTo(new CompletedProgram(0, ""));
        assertThat(requests).last().asString().endsWith(" Bearer a\"b\\c");

        Files.delete(token);
        assertOldListKept(withToken.run(), "cannot read the token file " + token);
    }

    @Test
    void systemdUnits_areValid() throws IOException {
        String analyze = RealProgram.require("systemd-analyze");
        for (String unit : List.of("service", "timer")) {
            String text = CompletedProgram.read(Path.of(ConsumerFiles.path("systemd/decoy-fetch@." + unit)))
                    .replace("/usr/local/bin/decoy-fetch", ConsumerFiles.path("decoy-fetch"));
            Files.writeString(dir.resolve("decoy-fetch@." + unit), text);
        }
        CompletedProgram run = CompletedProgram.run(
                Duration.ofMinutes(2),
                analyze,
                "verify",
                dir.resolve("decoy-fetch@postfix.service").toString(),
                dir.resolve("decoy-fetch@postfix.timer").toString());
        assertThat(run.output()).isEmpty();
        assertThat(run.code()).isZero();
    }
}
