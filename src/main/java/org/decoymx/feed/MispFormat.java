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
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * A feed of MISP: a manifest, the one event that it names, and a digest of each value, by which MISP finds it. The event is
 * the same over the years and grows newer, and each decoy has one of its own.
 */
@Singleton
final class MispFormat implements FeedFormat {
    private static final String JSON = "application/json";
    private static final String ORGANISATION =
            "\"Orgc\":{\"name\":\"decoymx\",\"uuid\":\"" + uuid("organisation") + "\"}";
    private static final String TAGS = "\"Tag\":[{\"name\":\"tlp:green\",\"colour\":\"#339900\",\"exportable\":true}]";

    private final String eventUuid;
    private final Map<String, Renderable> files;

    MispFormat(@ConfigProperty(name = "decoy.hostname") Optional<String> hostname) {
        eventUuid = uuid("event " + hostname.orElse("decoy"));
        files = Map.of(
                "manifest.json",
                new MispFile(JSON, this::writeManifest),
                eventUuid + ".json",
                new MispFile(JSON, this::render),
                "hashes.csv",
                new MispFile("text/csv;charset=UTF-8;header=absent", this::writeHashes));
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
    public Map<String, Renderable> files() {
        return files;
    }

    /** One of the files. */
    private record MispFile(String mediaType, java.util.function.BiConsumer<FeedView, FeedWriter> writer)
            implements Renderable {
        @Override
        public void render(FeedView contents, FeedWriter lines) {
            writer.accept(contents, lines);
        }
    }

    private void writeManifest(FeedView contents, FeedWriter lines) {
        lines.append("{\"")
                .append(eventUuid)
                .append("\":{")
                .append(eventMetadata(contents.listing()))
                .append("}}\n");
    }

    private static String eventMetadata(Blocklist listing) {
        LocalDate date = LocalDate.ofInstant(listing.modified(), ZoneOffset.UTC);
        String warning = listing.isEnforced() ? "" : FeedFormat.modeWarning(listing) + " ";
        return "\"info\":\"" + warning + "decoymx: senders that talked to a decoy MX\",\"date\":\"" + date
                + "\",\"timestamp\":\"" + listing.version() + "\",\"analysis\":\"2\",\"threat_level_id\":\"3\","
                + ORGANISATION + "," + TAGS;
    }

    @Override
    public void render(FeedView contents, FeedWriter lines) {
        Blocklist listing = contents.listing();
        lines.append("{\"Event\":{\"uuid\":\"").append(eventUuid).append("\",").append(eventMetadata(listing));
        lines.append(",\"published\":true,\"distribution\":\"1\",\"publish_timestamp\":\"");
        lines.append(listing.version());
        lines.append("\",\"Attribute\":[");
        String comma = "\n";
        for (BlocklistEntry entry : contents.entries()) {
            lines.append(comma).append("{\"uuid\":\"").append(uuid(eventUuid + " " + entry.text()));
            lines.append("\",\"type\":\"ip-src\",\"category\":\"Network activity\",\"to_ids\":true,\"value\":\"");
            lines.append(entry)
                    .append("\",\"timestamp\":\"")
                    .append(entry.since())
                    .append("\",\"comment\":");
            lines.appendJsonString(String.join(" ", entry.reasons())).append("}");
            comma = ",\n";
        }
        lines.append("]}}\n");
    }

    /** Never empty, as the name of the event stands for one that nobody looks for. */
    private void writeHashes(FeedView contents, FeedWriter lines) {
        try {
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            writeHash(md5, eventUuid, lines);
            for (BlocklistEntry entry : contents.entries()) {
                writeHash(md5, entry.text(), lines);
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }

    private void writeHash(MessageDigest md5, String value, FeedWriter lines) {
        byte[] digest = md5.digest(value.getBytes(StandardCharsets.US_ASCII));
        lines.append(HexFormat.of().formatHex(digest))
                .append(',')
                .append(eventUuid)
                .endLine();
    }
}
