package org.decoymx.feed;

import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.decoymx.blocklist.Listing;
import org.decoymx.blocklist.Listing.Entry;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * A feed of MISP: a manifest, the one event that it names, and a digest of each value, by which MISP finds it. The event is
 * the same over the years and grows newer, and each decoy has one of its own.
 */
@Singleton
final class MispFormat implements Format {
    private static final String JSON = "application/json";
    private static final String ORGANISATION =
            "\"Orgc\":{\"name\":\"decoymx\",\"uuid\":\"" + uuid("organisation") + "\"}";
    private static final String TAGS = "\"Tag\":[{\"name\":\"tlp:green\",\"colour\":\"#339900\",\"exportable\":true}]";

    private final String event;
    private final Map<String, Part> files;

    MispFormat(@ConfigProperty(name = "decoy.hostname") Optional<String> hostname) {
        event = uuid("event " + hostname.orElse("decoy"));
        files = Map.of(
                "manifest.json",
                new File(JSON, this::manifest),
                event + ".json",
                new File(JSON, this::render),
                "hashes.csv",
                new File("text/csv;charset=UTF-8;header=absent", this::hashes));
    }

    private static String uuid(String name) {
        return UUID.nameUUIDFromBytes(("decoymx " + name).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    @Override
    public String name() {
        return "misp";
    }

    @Override
    public String mediaType() {
        return JSON;
    }

    @Override
    public String consumer() {
        return "MISP feed; its URL ends in /feeds/misp";
    }

    @Override
    public String example(String url) {
        return "curl -fsS " + url + "/manifest.json";
    }

    @Override
    public Map<String, Part> files() {
        return files;
    }

    /** One of the files. */
    private record File(String mediaType, java.util.function.BiConsumer<Contents, Lines> writer) implements Part {
        @Override
        public void render(Contents contents, Lines lines) {
            writer.accept(contents, lines);
        }
    }

    private void manifest(Contents contents, Lines lines) {
        lines.add("{\"").add(event).add("\":{").add(head(contents.listing())).add("}}\n");
    }

    private static String head(Listing listing) {
        LocalDate date = LocalDate.ofInstant(listing.modified(), ZoneOffset.UTC);
        String warning = listing.isEnforced() ? "" : Format.warning(listing) + " ";
        return "\"info\":\"" + warning + "decoymx: senders that talked to a decoy MX\",\"date\":\"" + date
                + "\",\"timestamp\":\"" + listing.version() + "\",\"analysis\":\"2\",\"threat_level_id\":\"3\","
                + ORGANISATION + "," + TAGS;
    }

    @Override
    public void render(Contents contents, Lines lines) {
        Listing listing = contents.listing();
        lines.add("{\"Event\":{\"uuid\":\"").add(event).add("\",").add(head(listing));
        lines.add(",\"published\":true,\"distribution\":\"1\",\"publish_timestamp\":\"");
        lines.add(listing.version());
        lines.add("\",\"Attribute\":[");
        String comma = "\n";
        for (Entry entry : contents.entries()) {
            lines.add(comma).add("{\"uuid\":\"").add(uuid(event + " " + entry.text()));
            lines.add("\",\"type\":\"ip-src\",\"category\":\"Network activity\",\"to_ids\":true,\"value\":\"");
            lines.add(entry).add("\",\"timestamp\":\"").add(entry.since()).add("\",\"comment\":");
            lines.addJson(String.join(" ", entry.reasons())).add("}");
            comma = ",\n";
        }
        lines.add("]}}\n");
    }

    /** Never empty, as the name of the event stands for one that nobody looks for. */
    private void hashes(Contents contents, Lines lines) {
        try {
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            hash(md5, event, lines);
            for (Entry entry : contents.entries()) {
                hash(md5, entry.text(), lines);
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }

    private void hash(MessageDigest md5, String value, Lines lines) {
        byte[] digest = md5.digest(value.getBytes(StandardCharsets.US_ASCII));
        lines.add(HexFormat.of().formatHex(digest)).add(',').add(event).end();
    }
}
