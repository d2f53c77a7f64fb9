package org.decoymx.feed;

import jakarta.inject.Singleton;
import java.util.Set;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.ReturnCode;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.net.IpPrefix;

/**
 * A {@code combined} data set of rbldnsd. It has the test entries of RFC 5782 section 5: 127.0.0.2 is listed and
 * 127.0.0.1 is not, even in trial mode, because clients regard a zone without them as broken.
 */
@Singleton
final class RbldnsdFormat extends FeedFormat {
    private static final Set<IpPrefix> TEST_ENTRIES =
            Set.of(IpPrefix.ofBits(false, ReturnCode.ALWAYS_LISTED), IpPrefix.ofBits(false, ReturnCode.NEVER_LISTED));

    RbldnsdFormat() {
        super(
                "rbldnsd",
                TierFilter.CONFIRMED,
                TEXT_PLAIN,
                "rbldnsd (combined)",
                "curl -fsS {url} -o /var/lib/rbldns/decoy && rbldnsd … bl.example.org:combined:decoy");
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        writer.append(headerComment(view, "#"));
        long version = view.version();
        writer.append("$SOA 60 decoymx.invalid. hostmaster.decoymx.invalid. " + version + " 10m 5m 1d 60\n");
        writer.append("$NS 3600 decoymx.invalid.\n$TTL 300\n");
        writer.append("$DATASET ip4trie:v4 @\n")
                .append(value(ReturnCode.SUSPECT))
                .append("127.0.0.2\n!127.0.0.1\n");
        render(view.entries(false), writer);
        writer.append("$DATASET ip6trie:v6 @\n")
                .append(value(ReturnCode.SUSPECT))
                .append("::ffff:7f00:2\n!::ffff:7f00:1\n");
        render(view.entries(true), writer);
    }

    /** The line with the A and TXT record of all entries that follow; the dollar sign is the address of the query. */
    private static String value(ReturnCode code) {
        return ":" + code.address() + ":$ was caught by a decoy MX. " + String.join(" ", code.consequences()) + "\n";
    }

    private static void render(Iterable<BlocklistEntry> entries, FeedWriter writer) {
        ReturnCode current = ReturnCode.SUSPECT;
        for (BlocklistEntry entry : entries) {
            if (TEST_ENTRIES.contains(entry.network())) {
                continue;
            }
            if (entry.code() != current) {
                current = entry.code();
                writer.append(value(current));
            }
            writer.append(entry).endLine();
        }
    }
}
