package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.ReturnCode;

/**
 * A zone of rbldnsd with two data sets, {@code combined}, with the test entries of RFC 5782 section 5: 127.0.0.2 is
 * listed, and 127.0.0.1 never is, even on trial, or whoever asks takes the zone for broken.
 */
@Singleton
final class RbldnsdFormat implements FeedFormat {
    /** In it rbldnsd writes the address that was asked for where the dollar is. */
    private static final String TXT_TEMPLATE = ":$ was caught by a decoy MX";

    private static final String DEFAULT_VALUE = ":" + ReturnCode.CAUGHT.address() + TXT_TEMPLATE + "\n";

    @Override
    public String name() {
        return "rbldnsd";
    }

    @Override
    public String mediaType() {
        return TEXT_PLAIN;
    }

    @Override
    public String consumer() {
        return "rbldnsd (combined)";
    }

    @Override
    public String example(String url) {
        return "curl -fsS " + url + " -o /var/lib/rbldns/decoy && rbldnsd … bl.example.org:combined:decoy";
    }

    @Override
    public void render(FeedView contents, FeedWriter lines) {
        lines.append(FeedFormat.headerComment(contents, "#"));
        long version = contents.listing().version();
        lines.append("$SOA 60 decoymx.invalid. hostmaster.decoymx.invalid. " + version + " 10m 5m 1d 60\n");
        lines.append("$NS 3600 decoymx.invalid.\n$TTL 300\n");
        lines.append("$DATASET ip4trie:v4 @\n").append(DEFAULT_VALUE).append("127.0.0.2\n!127.0.0.1\n");
        render(contents.entries(false), lines);
        lines.append("$DATASET ip6trie:v6 @\n").append(DEFAULT_VALUE).append("::ffff:7f00:2\n!::ffff:7f00:1\n");
        render(contents.entries(true), lines);
    }

    private static void render(Iterable<BlocklistEntry> entries, FeedWriter lines) {
        for (BlocklistEntry entry : entries) {
            if (entry.isAddress()
                    && (entry.bits() == ReturnCode.ALWAYS_LISTED || entry.bits() == ReturnCode.NEVER_LISTED)) {
                continue;
            }
            lines.append(entry);
            if (entry.code() != ReturnCode.CAUGHT) {
                lines.append(" :").append(entry.code().address()).append(TXT_TEMPLATE);
            }
            lines.endLine();
        }
    }
}
