package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** decoy-fetch with the real curl, and with a server that sends responses the decoy never sends. */
class DecoyFetchIT {
    private static final String LIST = "# a comment\n192.0.2.9\n";
    private static final int DOUBTFUL = 65;
    private static final Duration LIMIT = Duration.ofMinutes(2);
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

    /** The length that the header of a decoy gives, as a difference to the real one; null without that header. */
    private volatile @Nullable Integer wrongLength = 0;

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
        if (wrongLength != null) {
            exchange.getResponseHeaders().set("X-Decoymx-Length", String.valueOf(octets.length + wrongLength));
        }
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
        assertOldListKept(run, 1, message);
    }

    private void assertOldListKept(CompletedProgram run, int code, String message) {
        assertThat(run.code()).isEqualTo(code);
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
        wrongLength = 0;
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
        assertOldListKept(fetch().run(), DOUBTFUL, "the response is empty");
        assertNewListFetched();
    }

    /** The login page of a network, the start page of another server, or a page of a proxy. */
    @Test
    void response_notFromDecoy_keepsOldList() {
        body = "<html><body>Please log in</body></html>\n";
        wrongLength = null;
        assertOldListKept(fetch().run(), DOUBTFUL, "the response has no X-Decoymx-Length");
        assertNewListFetched();
    }

    /** A proxy that passed the headers on, and then its own page or less of the list, with a length that fits. */
    @ParameterizedTest
    @ValueSource(ints = {1, -1, 1_000_000})
    void response_ofOtherLengthThanList_keepsOldList(int difference) {
        body = NEW;
        wrongLength = difference;
        int length = NEW.length();
        assertOldListKept(
                fetch().run(),
                DOUBTFUL,
                "the response has " + length + " octets, and the list has " + (length + difference));
        assertNewListFetched();
    }

    @Test
    void response_overLimit_keepsOldList() {
        body = "# a comment\n" + "192.0.2.9\n".repeat(200_000);
        List<String> command = new ArrayList<>(List.of("env", "DECOYMX_MAX_SIZE=1"));
        command.addAll(fetch().command());
        assertOldListKept(new DecoyFetch(file, command).run(), DOUBTFUL, "the response is larger than 1 MiB");
        assertNewListFetched();
    }

    /** The command of the first run still works, as when a large list is loaded. */
    @Test
    void secondRun_whileFirstWorks_leavesItAlone() throws IOException {
        body = NEW;
        Path started = dir.resolve("started");
        Path go = dir.resolve("go");
        String wait = "touch '" + started + "'; until [ -e '" + go + "' ]; do sleep 0.1; done";
        CompletableFuture<CompletedProgram> first = CompletableFuture.supplyAsync(
                () -> DecoyFetch.of(url(), file, "sh", "-c", wait).run());
        await("the command of the first run").atMost(LIMIT).until(() -> Files.exists(started) || first.isDone());
        try {
            assertThat(fetch().run())
                    .isEqualTo(new CompletedProgram(
                            75, "decoy-fetch: another run still works on " + file + System.lineSeparator()));
        } finally {
            Files.createFile(go);
        }
        assertThat(first.join()).isEqualTo(new CompletedProgram(0, ""));
        assertThat(fetch().run()).isEqualTo(new CompletedProgram(0, ""));
        assertThat(runs).hasContent("run\n");
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
                LIMIT,
                analyze,
                "verify",
                dir.resolve("decoy-fetch@postfix.service").toString(),
                dir.resolve("decoy-fetch@postfix.timer").toString());
        assertThat(run.output()).isEmpty();
        assertThat(run.code()).isZero();
    }
}
