package org.decoymx.feed;

import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * A MISP feed: a manifest, the single event in it, and a file with the digests of all values, by which MISP searches
 * the feed. The event keeps its UUID and is updated. Each decoy has its own event, derived from {@code decoy.hostname}.
 */
@Singleton
final class MispFormat extends FeedFormat {
    private static final String NAME = "misp";
    private static final String JSON = "application/json";
    private static final String ORGANISATION =
            "\"Orgc\":{\"name\":\"decoymx\",\"uuid\":\"" + uuid("organisation") + "\"}";
    private static final String TAGS = "\"Tag\":[" + tag("tlp:green", "#339900") + "]";
    private static final String SUSPECT_TAG = tag("decoymx:tier=\\\"suspect\\\"", "#ffc000");
    private static final String CONFIRMED_TAG = tag("decoymx:tier=\\\"confirmed\\\"", "#cc0033");

    private final String eventUuid;
    private final Map<String, Renderable> files;

    MispFormat(@ConfigProperty(name = "decoy.hostname") Optional<String> hostname) {
        super(NAME, TierFilter.ALL, JSON, "MISP feed; its URL ends in /feeds/misp", "curl -fsS {url}/manifest.json");
        eventUuid = uuid("event " + hostname.orElse("decoy"));
        files = Map.of(
                "manifest.json",
                new MispFile(JSON, this::writeManifest),
                eventUuid + ".json",
                new MispFile(JSON, this::render),
                "hashes.csv",
                new MispFile("text/csv;charset=UTF-8;header=absent", this::writeHashes));
    }

    /** The name with quotes escaped for JSON. */
    private static String tag(String name, String colour) {
        return "{\"name\":\"" + name + "\",\"colour\":\"" + colour + "\",\"exportable\":true}";
    }

    private static String uuid(String name) {
        return UUID.nameUUIDFromBytes(("decoymx " + name).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    @Override
    public Map<String, Renderable> files() {
        return files;
    }

    private record MispFile(String mediaType, BiConsumer<FeedView, FeedWriter> renderer) implements Renderable {
        @Override
        public String name() {
            return NAME;
        }

        @Override
        public void render(FeedView view, FeedWriter writer) {
            renderer.accept(view, writer);
        }
    }

    private void writeManifest(FeedView view, FeedWriter writer) {
        writer.append("{\"")
                .append(eventUuid)
                .append("\":{")
                .append(eventMetadata(view))
                .append("}}\n");
    }

    private static String eventMetadata(FeedView view) {
        Blocklist listing = view.listing();
        LocalDate date = LocalDate.ofInstant(Instant.ofEpochSecond(view.version()), ZoneOffset.UTC);
        String warning = listing.isEnforced() ? "" : modeWarning(listing) + " ";
        return "\"info\":\"" + warning + "decoymx: senders that talked to a decoy MX\",\"date\":\"" + date
                + "\",\"timestamp\":\"" + view.version() + "\",\"analysis\":\"2\",\"threat_level_id\":\"3\","
                + ORGANISATION + "," + TAGS;
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        writer.append("{\"Event\":{\"uuid\":\"").append(eventUuid).append("\",").append(eventMetadata(view));
        writer.append(",\"published\":true,\"distribution\":\"1\",\"publish_timestamp\":\"");
        writer.append(view.version());
        writer.append("\",\"Attribute\":[");
        String comma = "\n";
        for (BlocklistEntry entry : view.entries()) {
            writer.append(comma);
            writeAttribute(entry, writer);
            comma = ",\n";
        }
        writer.append("]}}\n");
    }

    /** {@code last_seen} is when the listing ends: MISP exports it as the end of the time for which it is valid. */
    private void writeAttribute(BlocklistEntry entry, FeedWriter writer) {
        writer.append("{\"uuid\":\"").append(uuid(eventUuid + " " + entry.text()));
        writer.append("\",\"type\":\"ip-src\",\"category\":\"Network activity\",\"to_ids\":");
        writer.append(entry.isConfirmed() ? "true" : "false").append(",\"value\":\"");
        writer.append(entry).append("\",\"timestamp\":\"").append(entry.since());
        writer.append("\",\"comment\":").appendJsonString(String.join(" ", entry.reasons()));
        writer.append(",\"first_seen\":\"").appendTime(entry.since());
        writer.append("\",\"last_seen\":\"").appendTime(entry.until());
        writer.append("\",\"Tag\":[")
                .append(entry.isConfirmed() ? CONFIRMED_TAG : SUSPECT_TAG)
                .append("]}");
    }

    /** Starts with the digest of the event's UUID, so that the file is never empty. */
    private void writeHashes(FeedView view, FeedWriter writer) {
        try {
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            writeHash(md5, eventUuid, writer);
            for (BlocklistEntry entry : view.entries()) {
                writeHash(md5, entry.text(), writer);
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("MD5 is missing in this JDK", e);
        }
    }

    private void writeHash(MessageDigest md5, String value, FeedWriter writer) {
        byte[] digest = md5.digest(value.getBytes(StandardCharsets.US_ASCII));
        writer.append(HexFormat.of().formatHex(digest))
                .append(',')
                .append(eventUuid)
                .endLine();
    }
}
