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

/** decoy-fetch with the real curl, and with a server that does what the decoy never does. */
class DecoyFetchIT {
    private static final String LIST = "# a comment\n192.0.2.9\n";
    private static final String NEW = "# a comment\n192.0.2.9\n192.0.2.10\n";

    private final Path dir = TestResources.createDirectory("fetch");
    private final Path file = dir.resolve("list");
    private final Path marks = dir.resolve("marks");

    /** What was asked: the path, If-None-Match and Authorization. */
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

    private HttpServer server = serve(0);
    private volatile String body = LIST;
    private volatile int status = 200;
    private volatile long length;

    private HttpServer serve(int port) {
        try {
            HttpServer made = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            made.createContext("/", this::answer);
            made.start();
            return made;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] octets = body.getBytes(StandardCharsets.UTF_8);
        String tag = "\"" + body.hashCode() + "\"";
        String known = exchange.getRequestHeaders().getFirst("If-None-Match");
        asked.add(exchange.getRequestURI() + " " + known + " "
                + exchange.getRequestHeaders().getFirst("Authorization"));
        exchange.getResponseHeaders().set("ETag", tag);
        exchange.getResponseHeaders().set("Location", "/other");
        if (status == 200 && tag.equals(known)) {
            exchange.sendResponseHeaders(304, -1);
        } else {
            exchange.sendResponseHeaders(status, octets.length == 0 ? -1 : octets.length + length);
            exchange.getResponseBody().write(octets);
        }
        exchange.close();
    }

    @BeforeEach
    void fetchesOnce() {
        assertThat(fetch().run()).isEqualTo(new CompletedProgram(0, ""));
        assertThat(file).hasContent(LIST);
        assertThat(marks).hasContent("run\n");
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
        return DecoyFetch.of(url(), file, "sh", "-c", "echo run >> '" + marks + "'");
    }

    private DecoyFetch fetchFailing() {
        return DecoyFetch.of(url(), file, "sh", "-c", "exit 7");
    }

    private void isStillOld(CompletedProgram run, String words) {
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.output().lines())
                .singleElement()
                .asString()
                .startsWith("decoy-fetch: " + url() + ": ")
                .contains(words)
                .endsWith("; the old list stays");
        assertThat(file).hasContent(LIST);
        assertThat(marks).hasContent("run\n");
    }

    private void seesTheNewOne() {
        status = 200;
        length = 0;
        body = NEW;
        assertThat(fetch().run()).isEqualTo(new CompletedProgram(0, ""));
        assertThat(file).hasContent(NEW);
        assertThat(marks).hasContent("run\nrun\n");
    }

    @Test
    void list_unchanged_isNotSentAgain_andNoCommandIsRun() {
        assertThat(fetch().run()).isEqualTo(new CompletedProgram(0, ""));
        assertThat(asked).containsExactly("/feeds/plain \"\" null", "/feeds/plain \"" + LIST.hashCode() + "\" null");
        assertThat(marks).hasContent("run\n");
        seesTheNewOne();
    }

    @Test
    void list_isReadableByAll() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
    }

    @ParameterizedTest
    @CsvSource({"503, HTTP status 503", "404, HTTP status 404", "302, HTTP status 302"})
    void answer_thatIsNoList_leavesTheOldOne(int code, String words) {
        status = code;
        body = NEW;
        isStillOld(fetch().run(), words);
        seesTheNewOne();
    }

    @Test
    void answer_empty_leavesTheOldList() {
        body = "";
        isStillOld(fetch().run(), "the response is empty");
        seesTheNewOne();
    }

    @Test
    void answer_cutShort_leavesTheOldList() {
        body = NEW;
        length = 100;
        isStillOld(fetch().run(), "curl: (18)");
        seesTheNewOne();
    }

    @Test
    void server_gone_leavesTheOldList_andTheNextFetchGoesOn() {
        int port = server.getAddress().getPort();
        server.stop(0);
        isStillOld(fetch().run(), "curl: (7)");
        server = serve(port);
        seesTheNewOne();
    }

    @Test
    void server_goneFromTheStart_leavesNoFile() throws IOException {
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
    void command_failing_isToldOf_andRunAgain_thoughNothingHasChangedSince() {
        body = NEW;
        CompletedProgram run = fetchFailing().run();
        assertThat(run.code()).isEqualTo(7);
        assertThat(run.output())
                .isEqualTo("decoy-fetch: " + file
                        + " was updated, but 'sh -c exit 7' failed with exit code 7;"
                        + " it runs again at the next fetch\n");
        assertThat(file).hasContent(NEW);
        seesTheNewOne();
        assertThat(fetch().run()).isEqualTo(new CompletedProgram(0, ""));
        assertThat(marks).hasContent("run\nrun\n");
    }

    @Test
    void list_lost_isFetchedAgain() throws IOException {
        Files.delete(file);
        seesTheNewOne();
    }

    @Test
    void url_another_isFetchedWhole_evenWithTheSameTag() {
        DecoyFetch other = DecoyFetch.of(url() + "?family=4", file);
        assertThat(other.run()).isEqualTo(new CompletedProgram(0, ""));
        assertThat(asked).last().isEqualTo("/feeds/plain?family=4 \"\" null");
    }

    @Test
    void token_isSentAsItIsInTheFile() throws IOException {
        Path token = Files.writeString(dir.resolve("token"), "a\"b\\c\n");
        List<String> command = new ArrayList<>(List.of("env", "DECOYMX_TOKEN_FILE=" + token));
        command.addAll(fetch().command());
        DecoyFetch withToken = new DecoyFetch(file, command);
        assertThat(withToken.run()).isEqualTo(new CompletedProgram(0, ""));
        assertThat(asked).last().asString().endsWith(" Bearer a\"b\\c");

        Files.delete(token);
        isStillOld(withToken.run(), "cannot read the token file " + token);
    }

    @Test
    void units_areSound() throws IOException {
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
