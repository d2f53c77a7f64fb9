package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Fetches the feed like MISP: the manifest, its event and the hashes. All must conform to MISP's core format. */
class MispIT {
    private static final String FEED = "/feeds/misp";
    private static final ObjectMapper JSON = new ObjectMapper();

    private static DecoyProcess decoy;

    @BeforeAll
    static void start() throws IOException {
        decoy = TrialDecoy.start();
        TrialDecoy.listIpv6Network(decoy, "2001:db8:0:61::");
    }

    @AfterAll
    static void stop() {
        if (decoy != null) {
            decoy.close();
        }
    }

    private static String body(String file, String mediaType) {
        HttpResponse<String> response = decoy.get(FEED + "/" + file);
        assertThat(response.statusCode()).as(file).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith(mediaType);
        return response.body();
    }

    private static JsonNode manifest() throws IOException {
        return JSON.readTree(body("manifest.json", "application/json"));
    }

    private static String uuid() throws IOException {
        JsonNode manifest = manifest();
        assertThat(manifest).hasSize(1);
        return manifest.fieldNames().next();
    }

    private static JsonNode document(String query) throws IOException {
        return JSON.readTree(body(uuid() + ".json" + query, "application/json"));
    }

    private static Stream<JsonNode> attributes(JsonNode document) {
        return StreamSupport.stream(document.path("Event").path("Attribute").spliterator(), false);
    }

    private static List<String> values(JsonNode document) {
        return attributes(document)
                .map(attribute -> attribute.path("value").textValue())
                .toList();
    }

    @Test
    void manifestAndEvent_conformToTheFormatAndAgree() throws IOException {
        JsonNode manifest = manifest();
        assertThat(MispSchema.findManifestErrors(manifest)).isEmpty();

        JsonNode document = document("");
        assertThat(MispSchema.findEventErrors(document)).isEmpty();
        assertThat(values(document)).isEqualTo(decoy.feedEntries()).contains(TrialDecoy.LISTED, TrialDecoy.NETWORK);
        assertThat(document.path("Event").path("uuid").textValue()).isEqualTo(uuid());
        manifest.path(uuid()).properties().forEach(member -> assertThat(
                        document.path("Event").path(member.getKey()))
                .as(member.getKey())
                .isEqualTo(member.getValue()));
        assertThat(decoy.get(FEED).body())
                .as("the feed at its base URL")
                .isEqualTo(body(uuid() + ".json", "application/json"));
    }

    @Test
    void hashes_containEveryValue() throws IOException {
        String uuid = uuid();
        List<String> lines = body("hashes.csv", "text/csv").lines().toList();

        assertThat(lines).allMatch(line -> line.matches("[0-9a-f]{32}," + uuid));
        assertThat(lines).doesNotHaveDuplicates();
        assertThat(lines)
                .containsAll(decoy.feedEntries().stream()
                        .map(value -> md5(value) + "," + uuid)
                        .toList());
    }

    /** MISP fetches an event again only if its timestamp in the manifest is later than that of the stored event. */
    @Test
    void newEntry_updatesTheTimestampAndKeepsOtherAttributes() throws IOException {
        String uuid = uuid();
        JsonNode before = document("");

        TrialDecoy.listClient(decoy, "198.51.100.7", "198.51.100.7");

        JsonNode after = document("");
        assertThat(uuid()).isEqualTo(uuid);
        assertThat(timestamp(after)).isGreaterThan(timestamp(before));
        assertThat(manifest().path(uuid).path("timestamp").asLong()).isEqualTo(timestamp(after));
        assertThat(attributes(after)).containsAll(attributes(before).toList());
        assertThat(values(after)).contains("198.51.100.7");
    }

    private static long timestamp(JsonNode document) {
        return document.path("Event").path("timestamp").asLong();
    }

    @Test
    void emptyList_isEventWithoutAttributesAndOneHash() throws IOException {
        JsonNode document = document("?min-points=100000");

        assertThat(MispSchema.findEventErrors(document)).isEmpty();
        assertThat(values(document)).isEmpty();
        assertThat(body("hashes.csv?min-points=100000", "text/csv")).isEqualTo(md5(uuid()) + "," + uuid() + "\n");
    }

    @Test
    void invalidEvent_isDetected() throws IOException {
        assertThat(errorsAfter(event -> event.remove("info")))
                .singleElement()
                .asString()
                .contains("info is missing");
        assertThat(errorsAfter(event -> event.put("timestamp", 1)))
                .singleElement()
                .asString()
                .contains("timestamp is 1");
        assertThat(errorsAfter(event -> event.put("published", "yes"))).hasSize(1);
        assertThat(errorsAfter(event -> event.put("extra", "x"))).containsExactly("Event has extra");
        assertThat(errorsAfter(event ->
                        event.withArray("Attribute").add(event.path("Attribute").path(0))))
                .hasSize(2);
    }

    private static List<String> errorsAfter(Consumer<ObjectNode> change) throws IOException {
        JsonNode document = document("");
        change.accept((ObjectNode) document.path("Event"));
        return MispSchema.findEventErrors(document);
    }

    private static String md5(String value) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("MD5").digest(value.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
