package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Code;
import org.decoymx.blocklist.Listing.Entry;

/**
 * A zone of rbldnsd with two data sets, {@code combined}, with the test entries of RFC 5782 section 5: 127.0.0.2 is
 * listed, and 127.0.0.1 never is, even on trial, or whoever asks takes the zone for broken.
 */
@Singleton
final class RbldnsdFormat implements Format {
    /** In it rbldnsd writes the address that was asked for where the dollar is. */
    private static final String TEXT_OF_ALL = ":$ was caught by a decoy MX";

    private static final String DEFAULT = ":" + Code.CAUGHT.address() + TEXT_OF_ALL + "\n";

    @Override
    public String name() {
        return "rbldnsd";
    }

    @Override
    public String mediaType() {
        return TEXT;
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
    public void render(Contents contents, Lines lines) {
        lines.add(Format.comment(contents, "#"));
        long version = contents.listing().version();
        lines.add("$SOA 60 decoymx.invalid. hostmaster.decoymx.invalid. " + version + " 10m 5m 1d 60\n");
        lines.add("$NS 3600 decoymx.invalid.\n$TTL 300\n");
        lines.add("$DATASET ip4trie:v4 @\n").add(DEFAULT).add("127.0.0.2\n!127.0.0.1\n");
        render(contents.entries(false), lines);
        lines.add("$DATASET ip6trie:v6 @\n").add(DEFAULT).add("::ffff:7f00:2\n!::ffff:7f00:1\n");
        render(contents.entries(true), lines);
    }

    private static void render(Iterable<Entry> entries, Lines lines) {
        for (Entry entry : entries) {
            if (entry.isAddress() && (entry.bits() == Code.ALWAYS_LISTED || entry.bits() == Code.NEVER_LISTED)) {
                continue;
            }
            lines.add(entry);
            if (entry.code() != Code.CAUGHT) {
                lines.add(" :").add(entry.code().address()).add(TEXT_OF_ALL);
            }
            lines.end();
        }
    }
}
