package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.it.HttpRequests.header;

import com.github.luben.zstd.ZstdInputStream;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The responses of the feeds: formats, content codings, and filters. */
class FeedContentIT {
    static final List<String> FORMATS = List.of(
            "apache",
            "crowdsec-csv",
            "csv",
            "drop",
            "exim",
            "fail2ban",
            "hosts-deny",
            "ipset",
            "mikrotik",
            "misp",
            "ndjson",
            "nftables",
            "nginx",
            "pf",
            "plain",
            "postfix-cidr",
            "rbldnsd",
            "rpz",
            "sendmail");

    private static DecoyProcess decoy;

    @BeforeAll
    static void start() throws IOException {
        decoy = DecoyProcess.start(
                "decoy.smtp.greeting-delay=0s",
                "decoy.feed.max-age=7s",
                "decoy.smtp.proxy-protocol.trusted=" + ProxiedClient.PROXY);
        for (String client : new String[] {"192.0.2.8", "192.0.2.9", "2001:db8::1"}) {
            ProxiedClient.mail(decoy.smtpPort(), client, "user@example.org");
        }
        decoy.awaitListed("2001:db8::1");
    }

    @AfterAll
    static void stop() {
        decoy.close();
    }

    private static HttpResponse<byte[]> send(String method, String path, String... headers) throws IOException {
        return HttpRequests.send(method, decoy.url(path), headers);
    }

    private static String text(String path) throws IOException {
        HttpResponse<byte[]> response = send("GET", path);
        assertThat(response.statusCode()).as(path).isEqualTo(200);
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private static List<String> entries(String path) throws IOException {
        return text(path).lines().filter(line -> !line.startsWith("#")).toList();
    }

    private static Stream<String> formats() {
        return FORMATS.stream();
    }

    @Test
    void catalogue_listsEveryFormat_withFetchCommand() throws IOException {
        JsonArray catalogue = new JsonArray(text("/feeds"));

        assertThat(catalogue.stream().map(entry -> ((JsonObject) entry).getString("name")))
                .isSorted()
                .containsAll(FORMATS);
        for (Object entry : catalogue) {
            JsonObject format = (JsonObject) entry;
            String url = decoy.url("/feeds/" + format.getString("name"));
            assertThat(format.getString("url")).isEqualTo(url);
            assertThat(format.getString("example")).contains(url);
            assertThat(format.getString("consumer")).isNotBlank();
            assertThat(format.getString("tier")).isIn("all", "confirmed");
            assertThat(header(send("HEAD", "/feeds/" + format.getString("name")), "Content-Type"))
                    .isEqualTo(format.getString("mediaType"));
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void everyFormat_containsEntries_validators_andHead(String name) throws IOException {
        String path = "/feeds/" + name + "?tier=all";
        HttpResponse<byte[]> get = send("GET", path);
        HttpResponse<byte[]> head = send("HEAD", path);

        assertThat(get.statusCode()).isEqualTo(200);
        assertThat(new String(get.body(), StandardCharsets.UTF_8))
                .contains(name.equals("rpz") ? "9.2.0.192" : "192.0.2.9");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        for (String header : new String[] {"Content-Type", "Content-Length", "ETag", "Last-Modified", "Vary"}) {
            assertThat(header(head, header)).isEqualTo(header(get, header)).isNotEqualTo("none");
        }
        assertThat(header(get, "Content-Length")).isEqualTo(Integer.toString(get.body().length));
        assertThat(header(get, "ETag")).matches("\"[0-9a-f]{32}\"");
        assertThat(header(get, "Cache-Control")).isEqualTo("max-age=7");
        HttpResponse<byte[]> again = send("GET", path, "If-None-Match", header(get, "ETag"));
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"'\"\"', 200", "*, 304", "'\"x\"', 200", "'', 200"})
    void ifNoneMatch_withUnusualValue_isHandled(String tag, int status) throws IOException {
        String response = RawHttp.send(
                decoy.url(""),
                "GET /feeds/plain HTTP/1.1\nHost: localhost\nConnection: close\nIf-None-Match: " + tag + "\n\n");
        assertThat(response).startsWith("HTTP/1.1 " + status + " ");
    }

    @Test
    void contentCodings_areNegotiated_withDistinctETags() throws IOException {
        HttpResponse<byte[]> plain = send("GET", "/feeds/plain");
        HttpResponse<byte[]> gzip = send("GET", "/feeds/plain", "Accept-Encoding", "gzip, deflate");
        HttpResponse<byte[]> zstd = send("GET", "/feeds/plain", "Accept-Encoding", "gzip, deflate, br, zstd");

        assertThat(header(plain, "Content-Encoding")).isEqualTo("none");
        assertThat(header(gzip, "Content-Encoding")).isEqualTo("gzip");
        assertThat(header(zstd, "Content-Encoding")).isEqualTo("zstd");
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip.body()))) {
            assertThat(in.readAllBytes()).isEqualTo(plain.body());
        }
        assertThat(unzstd(zstd.body())).isEqualTo(plain.body());
        for (HttpResponse<byte[]> response : List.of(plain, gzip, zstd)) {
            assertThat(header(response, "Vary")).isEqualToIgnoringCase("Accept-Encoding");
            assertThat(header(response, "Last-Modified")).isEqualTo(header(plain, "Last-Modified"));
        }
        assertThat(Stream.of(plain, gzip, zstd)
                        .map(response -> header(response, "ETag"))
                        .distinct())
                .hasSize(3);
    }

    private static byte[] unzstd(byte[] octets) throws IOException {
        try (InputStream in = new ZstdInputStream(new ByteArrayInputStream(octets))) {
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/blocklist.txt", "/feeds/plain", "/feeds/postfix-cidr", "/feeds/misp/manifest.json"})
    void zstPath_returnsCompressedFile_regardlessOfAcceptEncoding(String path) throws IOException {
        HttpResponse<byte[]> file = send("GET", path + ".zst", "Accept-Encoding", "gzip");

        assertThat(file.statusCode()).isEqualTo(200);
        assertThat(header(file, "Content-Type")).isEqualTo("application/zstd");
        assertThat(header(file, "Content-Encoding")).isEqualTo("none");
        assertThat(header(file, "Vary")).isEqualTo("none");
        assertThat(unzstd(file.body())).isEqualTo(send("GET", path).body());
    }

    @Test
    void filters_selectEntries() throws IOException {
        assertThat(entries("/feeds/plain")).containsExactly("192.0.2.8", "192.0.2.9", "2001:db8::1");
        assertThat(entries("/feeds/plain?family=4")).containsExactly("192.0.2.8", "192.0.2.9");
        assertThat(entries("/blocklist.txt?family=6")).containsExactly("2001:db8::1");
        assertThat(entries("/feeds/plain?family=4&aggregate=true")).containsExactly("192.0.2.8/31");
        assertThat(entries("/feeds/plain?family=4&tier=suspect")).containsExactly("192.0.2.8", "192.0.2.9");
        assertThat(entries("/feeds/plain?family=4&tier=confirmed")).isEmpty();
        assertThat(text("/feeds/plain?min-points=1000")).contains(", entries 0\n");
        assertThat(entries("/feeds/plain?min-points=1000")).isEmpty();
    }

    /** All senders were caught once, so none is confirmed; an empty feed is a valid one. */
    @ParameterizedTest
    @MethodSource("formats")
    void suspects_areInTheFeed_ifItsDefaultTierSaysSo(String name) throws IOException {
        boolean showsSuspects =
                List.of("csv", "misp", "ndjson", "plain", "postfix-cidr").contains(name);
        String byDefault = text("/feeds/" + name);
        String listed = name.equals("rpz") ? "9.2.0.192" : "192.0.2.9";
        assertThat(byDefault.contains(listed)).isEqualTo(showsSuspects);
        assertThat(byDefault).endsWith("\n");
        assertThat(text("/feeds/" + name + "?tier=suspect")).contains(listed);
        assertThat(text("/feeds/" + name + "?tier=confirmed"))
                .doesNotContain(listed)
                .endsWith("\n");
        assertThat(text("/feeds/" + name + "?tier=" + (showsSuspects ? "all" : "confirmed")))
                .isEqualTo(byDefault);
    }

    @Test
    void misp_consistsOfSeveralFiles() throws IOException {
        String uuid = new JsonObject(text("/feeds/misp/manifest.json"))
                .fieldNames()
                .iterator()
                .next();

        assertThat(new JsonObject(text("/feeds/misp/" + uuid + ".json"))
                        .getJsonObject("Event")
                        .getJsonArray("Attribute"))
                .hasSize(3);
        assertThat(text("/feeds/misp/hashes.csv").lines()).hasSize(4).allMatch(line -> line.endsWith("," + uuid));
    }
}
