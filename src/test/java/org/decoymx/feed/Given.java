package org.decoymx.feed;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.decoymx.blocklist.Listing;
import org.decoymx.blocklist.Listing.Entry;
import org.decoymx.blocklist.Publishers;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.Exempt;
import org.decoymx.policy.Mode;

/** Contents of entries that a test gives, of whatever prefixes. */
final class Given extends Contents {
    static final Instant T = Instant.parse("2026-01-01T00:00:00Z");

    private final List<Entry> entries;

    Given(Mode mode, List<Entry> entries) {
        this(Publishers.of(mode, 0, new Exempt(), T).current(), Selection.ALL, entries);
    }

    Given(Listing listing, Selection selection, List<Entry> entries) {
        super(listing, selection, T);
        this.entries = entries;
    }

    @Override
    Iterable<Entry> entries(boolean v6) {
        return entries.stream().filter(entry -> has(v6) && entry.v6() == v6).toList();
    }

    @Override
    long size() {
        return entries.size();
    }

    /** An entry of a text like {@code 192.0.2.0/24}, which was caught at {@link #T} and is listed for an hour. */
    static Entry entry(String text, long why) {
        String[] parts = text.toLowerCase(Locale.ROOT).split("/", -1);
        Origin first = Origin.parse(parts[0]).orElseThrow();
        int prefix = parts.length == 1 ? 32 : Integer.parseInt(parts[1]);
        return new Entry(first.v6(), first.bits(), prefix, T.getEpochSecond(), T.getEpochSecond() + 3_600, why);
    }

    /** What a part makes of contents. */
    static String text(Part part, Contents contents) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Lines lines = new Lines(out);
        part.render(contents, lines);
        lines.flush();
        return out.toString(StandardCharsets.UTF_8);
    }
}
