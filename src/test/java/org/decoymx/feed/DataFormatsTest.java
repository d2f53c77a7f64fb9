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

/** The exact output of the formats that contain more than addresses. */
class DataFormatsTest {
    private static final List<BlocklistEntry> ENTRIES = List.of(
            entry(
                    "192.0.2.9",
                    BlocklistPublishers.packedReason(new ListingReason(12.5, 2, 3, Set.of(Trait.EARLY_TALKER)))),
            entry("2001:db8::/64", BlocklistPublishers.packedConfirmed(new ListingReason(10, 1, 1, Set.of()))));
    private static final FeedView VIEW = new FixedFeedView(PolicyMode.ENFORCE, ENTRIES);
    private static final MispFormat MISP = new MispFormat(Optional.of("mx.example.org"));

    @Test
    void ndjson_containsReasons() {
        List<JsonObject> lines =
                render(new NdjsonFormat(), VIEW).lines().map(JsonObject::new).toList();
        assertThat(lines.get(0).encode())
                .startsWith("{\"ip\":\"192.0.2.9\",\"since\":\"2026-01-01T00:00:00Z\","
                        + "\"until\":\"2026-01-01T01:00:00Z\",\"points\":12.5,\"reasons\":[");
        assertThat(lines.get(0).getJsonArray("reasons")).hasSize(3);
        assertThat(lines.get(0).getJsonArray("reasons").getString(0)).contains("3 times");
        assertThat(lines.get(0).getJsonArray("reasons").getString(1)).contains("Also noted: it ");
        assertThat(lines.get(0).getJsonArray("reasons").getString(2)).contains("listed once before");
        assertThat(lines.get(0).encode()).endsWith("],\"tier\":\"suspect\"}");
        assertThat(lines.get(1).getString("ip")).isEqualTo("2001:db8::/64");
        assertThat(lines.get(1).getString("tier")).isEqualTo("confirmed");
        assertThat(lines.get(2).encode())
                .isEqualTo("{\"type\":\"metadata\",\"timestamp\":1767225600,\"records\":2,\"tier\":\"all\"}");
    }

    @Test
    void drop_hasFieldsOfSpamhausDrop() {
        assertThat(render(new DropFormat(), VIEW)).isEqualTo("""
                {"cidr":"192.0.2.9/32","sblid":"decoymx","rir":""}
                {"cidr":"2001:db8::/64","sblid":"decoymx","rir":""}
                {"type":"metadata","timestamp":1767225600,"records":2,"tier":"all"}
                """);
    }

    @Test
    void csv_hasHeader_andQuotedReasons() {
        assertThat(render(new CsvFormat(), VIEW).lines().toList())
                .first(org.assertj.core.api.InstanceOfAssertFactories.STRING)
                .isEqualTo("ip,since,until,points,reasons,tier");
        assertThat(render(new CsvFormat(), VIEW).lines().toList().get(2))
                .isEqualTo("2001:db8::/64,2026-01-01T00:00:00Z,2026-01-01T01:00:00Z,10.0,"
                        + "\"It came to the decoy MX and completed a conversation for a protected recipient, once.\""
                        + ",confirmed");
    }

    @Test
    void crowdsec_containsRemainingDuration() {
        assertThat(render(new CrowdsecFormat(), VIEW)).isEqualTo("""
                value,duration,reason,scope,type
                192.0.2.9,1h0m0s,decoymx,Ip,ban
                2001:db8::/64,1h0m0s,decoymx,Range,ban
                """);
    }

    @Test
    void misp_manifestNamesEvent_andHashesContainEachValue() throws Exception {
        JsonObject manifest = new JsonObject(renderFile("manifest.json"));
        String uuid = manifest.fieldNames().iterator().next();
        JsonObject event = new JsonObject(renderFile(uuid + ".json")).getJsonObject("Event");
        assertThat(manifest).hasSize(1);
        assertThat(event.getString("uuid")).isEqualTo(uuid);
        assertThat(event.getString("info"))
                .isEqualTo(manifest.getJsonObject(uuid).getString("info"));
        assertThat(event.getString("timestamp")).isEqualTo("1767225600");
        assertThat(event.getJsonArray("Attribute").getJsonObject(0).getString("value"))
                .isEqualTo("192.0.2.9");
        assertAttribute(event.getJsonArray("Attribute").getJsonObject(0), "suspect", false);
        assertAttribute(event.getJsonArray("Attribute").getJsonObject(1), "confirmed", true);
        assertThat(renderFile("hashes.csv").lines())
                .contains(md5("192.0.2.9") + "," + uuid, md5("2001:db8::/64") + "," + uuid);
        assertThat(render(MISP, VIEW)).isEqualTo(renderFile(uuid + ".json"));
    }

    /** Only confirmed senders are meant for intrusion detection, which may block. */
    private static void assertAttribute(JsonObject attribute, String tier, boolean toIds) {
        assertThat(attribute.getString("first_seen")).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(attribute.getString("last_seen")).isEqualTo("2026-01-01T01:00:00Z");
        assertThat(attribute.getBoolean("to_ids")).isEqualTo(toIds);
        assertThat(attribute.getJsonArray("Tag").getJsonObject(0).getString("name"))
                .isEqualTo("decoymx:tier=\"" + tier + "\"");
    }

    private static String renderFile(String name) {
        return render(Optional.ofNullable(MISP.files().get(name)).orElseThrow(), VIEW);
    }

    private static String md5(String text) throws Exception {
        byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
        return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(octets));
    }

    /** The schema is format/2.4/schema.json of MISP: required fields, and all values are strings except a few flags. */
    @Test
    void misp_matchesSchema() {
        JsonObject event = new JsonObject(render(MISP, VIEW)).getJsonObject("Event");
        assertThat(event.fieldNames())
                .contains("date", "threat_level_id", "info", "published", "analysis", "distribution", "Attribute");
        assertOnlyStrings(event);
        event.getJsonArray("Attribute").forEach(attribute -> {
            assertThat(((JsonObject) attribute).fieldNames())
                    .contains("type", "category", "to_ids", "uuid", "timestamp", "comment", "value");
            assertOnlyStrings((JsonObject) attribute);
        });
        event.getJsonArray("Tag").forEach(tag -> assertOnlyStrings((JsonObject) tag));
        assertOnlyStrings(event.getJsonObject("Orgc"));
        JsonObject manifest = new JsonObject(renderFile("manifest.json"));
        assertThat(manifest.getJsonObject(event.getString("uuid")).fieldNames())
                .containsExactlyInAnyOrder("info", "Orgc", "date", "timestamp", "analysis", "threat_level_id", "Tag");
    }

    private static void assertOnlyStrings(JsonObject object) {
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
    void mispEvent_dependsOnHostname() {
        assertThat(new MispFormat(Optional.of("mx2.example.org")).files().keySet())
                .isNotEqualTo(MISP.files().keySet());
    }
}
