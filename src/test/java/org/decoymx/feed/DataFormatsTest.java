package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.feed.FixedFeedView.entry;
import static org.decoymx.feed.FixedFeedView.render;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.BlocklistPublishers;
import org.decoymx.policy.ListingReason;
import org.decoymx.policy.PolicyMode;
import org.decoymx.smtp.protocol.Trait;
import org.junit.jupiter.api.Test;

/** The formats that carry more than addresses, to the letter. */
class DataFormatsTest {
    private static final List<BlocklistEntry> ENTRIES = List.of(
            entry(
                    "192.0.2.9",
                    BlocklistPublishers.packedReason(new ListingReason(12.5, 2, 3, Set.of(Trait.EARLY_TALKER)))),
            entry("2001:db8::/64", BlocklistPublishers.packedReason(new ListingReason(10, 1, 1, Set.of()))));
    private static final FeedView CONTENTS = new FixedFeedView(PolicyMode.ENFORCE, ENTRIES);
    private static final MispFormat MISP = new MispFormat(Optional.of("mx.example.org"));

    @Test
    void ndjson_saysWhy() {
        List<JsonObject> lines = render(new NdjsonFormat(), CONTENTS)
                .lines()
                .map(JsonObject::new)
                .toList();
        assertThat(lines.get(0).encode())
                .startsWith("{\"ip\":\"192.0.2.9\",\"since\":\"2026-01-01T00:00:00Z\","
                        + "\"until\":\"2026-01-01T01:00:00Z\",\"points\":12.5,\"reasons\":[");
        assertThat(lines.get(0).getJsonArray("reasons")).hasSize(3);
        assertThat(lines.get(0).getJsonArray("reasons").getString(0)).contains("3 times");
        assertThat(lines.get(0).getJsonArray("reasons").getString(1)).contains("Also noted: it ");
        assertThat(lines.get(0).getJsonArray("reasons").getString(2)).contains("listed once before");
        assertThat(lines.get(1).getString("ip")).isEqualTo("2001:db8::/64");
        assertThat(lines.get(2).encode()).isEqualTo("{\"type\":\"metadata\",\"timestamp\":1767225600,\"records\":2}");
    }

    @Test
    void drop_isLinesLikeThoseOfSpamhaus() {
        assertThat(render(new DropFormat(), CONTENTS)).isEqualTo("""
                {"cidr":"192.0.2.9/32","sblid":"decoymx","rir":""}
                {"cidr":"2001:db8::/64","sblid":"decoymx","rir":""}
                {"type":"metadata","timestamp":1767225600,"records":2}
                """);
    }

    @Test
    void csv_hasAHeader_andReasonsInQuotes() {
        assertThat(render(new CsvFormat(), CONTENTS).lines().toList())
                .first(org.assertj.core.api.InstanceOfAssertFactories.STRING)
                .isEqualTo("ip,since,until,points,reasons");
        assertThat(render(new CsvFormat(), CONTENTS).lines().toList().get(2))
                .isEqualTo("2001:db8::/64,2026-01-01T00:00:00Z,2026-01-01T01:00:00Z,10.0,"
                        + "\"It came to the decoy MX and completed a conversation for a protected recipient, once.\"");
    }

    @Test
    void crowdsec_saysForHowLongFromNow() {
        assertThat(render(new CrowdsecFormat(), CONTENTS)).isEqualTo("""
                value,duration,reason,scope,type
                192.0.2.9,1h0m0s,decoymx,Ip,ban
                2001:db8::/64,1h0m0s,decoymx,Range,ban
                """);
    }

    @Test
    void misp_hasAManifestThatNamesTheEvent_andADigestOfEachValue() throws Exception {
        JsonObject manifest = new JsonObject(file("manifest.json"));
        String uuid = manifest.fieldNames().iterator().next();
        JsonObject event = new JsonObject(file(uuid + ".json")).getJsonObject("Event");
        assertThat(manifest).hasSize(1);
        assertThat(event.getString("uuid")).isEqualTo(uuid);
        assertThat(event.getString("info"))
                .isEqualTo(manifest.getJsonObject(uuid).getString("info"));
        assertThat(event.getString("timestamp")).isEqualTo("1767225600");
        assertThat(event.getJsonArray("Attribute").getJsonObject(0).getString("value"))
                .isEqualTo("192.0.2.9");
        assertThat(file("hashes.csv").lines())
                .contains(md5("192.0.2.9") + "," + uuid, md5("2001:db8::/64") + "," + uuid);
        assertThat(render(MISP, CONTENTS)).isEqualTo(file(uuid + ".json"));
    }

    private static String file(String name) {
        return render(Optional.ofNullable(MISP.files().get(name)).orElseThrow(), CONTENTS);
    }

    private static String md5(String text) throws Exception {
        byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
        return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(octets));
    }

    /** MISP publishes it as format/2.4/schema.json: what must be there, and that all is text but for a few flags. */
    @Test
    void misp_isAsItsSchemaWants() {
        JsonObject event = new JsonObject(render(MISP, CONTENTS)).getJsonObject("Event");
        assertThat(event.fieldNames())
                .contains("date", "threat_level_id", "info", "published", "analysis", "distribution", "Attribute");
        onlyTexts(event);
        event.getJsonArray("Attribute").forEach(attribute -> {
            assertThat(((JsonObject) attribute).fieldNames())
                    .contains("type", "category", "to_ids", "uuid", "timestamp", "comment", "value");
            onlyTexts((JsonObject) attribute);
        });
        event.getJsonArray("Tag").forEach(tag -> onlyTexts((JsonObject) tag));
        onlyTexts(event.getJsonObject("Orgc"));
        JsonObject manifest = new JsonObject(file("manifest.json"));
        assertThat(manifest.getJsonObject(event.getString("uuid")).fieldNames())
                .containsExactlyInAnyOrder("info", "Orgc", "date", "timestamp", "analysis", "threat_level_id", "Tag");
    }

    private static void onlyTexts(JsonObject object) {
        Set<String> flags = Set.of("published", "to_ids", "exportable");
        for (String name : object.fieldNames()) {
            Object value = object.getValue(name);
            boolean isNested = value instanceof JsonObject || value instanceof JsonArray;
            assertThat(isNested || (flags.contains(name) ? value instanceof Boolean : value instanceof String))
                    .as("%s is %s", name, value)
                    .isTrue();
        }
    }

    @Test
    void misp_hasAnEventOfItsOwn_forEachDecoy() {
        assertThat(new MispFormat(Optional.of("mx2.example.org")).files().keySet())
                .isNotEqualTo(MISP.files().keySet());
    }
}
