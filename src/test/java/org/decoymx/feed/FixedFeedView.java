package org.decoymx.feed;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.BlocklistPublishers;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.PolicyMode;

/** Contents of entries that a test gives, of whatever prefixes. */
final class FixedFeedView extends FeedView {
    static final Instant LISTED_AT = Instant.parse("2026-01-01T00:00:00Z");

    private final List<BlocklistEntry> entries;

    FixedFeedView(PolicyMode mode, List<BlocklistEntry> entries) {
        this(
                BlocklistPublishers.of(mode, 0, new ExemptNetworks(), LISTED_AT).servedBlocklist(),
                FeedFilter.ALL,
                entries);
    }

    FixedFeedView(Blocklist listing, FeedFilter selection, List<BlocklistEntry> entries) {
        super(listing, selection, LISTED_AT);
        this.entries = entries;
    }

    @Override
    Iterable<BlocklistEntry> entries(boolean v6) {
        return entries.stream()
                .filter(entry -> includes(v6) && entry.v6() == v6)
                .toList();
    }

    @Override
    long size() {
        return entries.size();
    }

    /** An entry of a text like {@code 192.0.2.0/24}, which was caught at {@link #LISTED_AT} and is listed for an hour. */
    static BlocklistEntry entry(String text, long why) {
        String[] parts = text.toLowerCase(Locale.ROOT).split("/", -1);
        Origin first = Origin.parse(parts[0]).orElseThrow();
        int prefix = parts.length == 1 ? 32 : Integer.parseInt(parts[1]);
        return new BlocklistEntry(
                first.v6(), first.bits(), prefix, LISTED_AT.getEpochSecond(), LISTED_AT.getEpochSecond() + 3_600, why);
    }

    /** What a part makes of contents. */
    static String render(Renderable part, FeedView contents) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FeedWriter lines = new FeedWriter(out);
        part.render(contents, lines);
        lines.flush();
        return out.toString(StandardCharsets.UTF_8);
    }
}
