package org.decoymx.feed;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.BlocklistPublishers;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.net.IpText;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.PolicyMode;

/** A view with entries given by the test, with any prefix. */
final class FixedFeedView extends FeedView {
    static final Instant LISTED_AT = Instant.parse("2026-01-01T00:00:00Z");

    private final List<BlocklistEntry> entries;

    FixedFeedView(PolicyMode mode, List<BlocklistEntry> entries) {
        this(
                BlocklistPublishers.of(mode, 0, new ExemptNetworks(), LISTED_AT).servedBlocklist(),
                FeedFilter.of(TierFilter.ALL),
                entries);
    }

    FixedFeedView(Blocklist listing, FeedFilter filter, List<BlocklistEntry> entries) {
        super(listing, filter, LISTED_AT);
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

    /**
     * Parses an entry such as {@code 192.0.2.0/24}; it is listed from {@link #LISTED_AT} for one hour.
     *
     * @param packedReason packed as in the blocklist
     */
    static BlocklistEntry entry(String text, long packedReason) {
        return new BlocklistEntry(
                IpText.parseNetwork(text),
                LISTED_AT.getEpochSecond(),
                LISTED_AT.getEpochSecond() + 3_600,
                packedReason);
    }

    static String render(Renderable renderable, FeedView view) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new FeedWriter(out).render(renderable, view);
        return out.toString(StandardCharsets.UTF_8);
    }
}
