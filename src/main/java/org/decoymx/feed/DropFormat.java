package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;

/** NDJSON in the format of Spamhaus DROP. The last line is metadata. */
@Singleton
final class DropFormat extends FeedFormat {

    DropFormat() {
        super(
                "drop",
                TierFilter.CONFIRMED,
                "application/x-ndjson",
                "consumers of Spamhaus DROP in JSON",
                "curl -fsS {url} | jq -r 'select(.cidr).cidr'");
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        for (BlocklistEntry entry : view.entries()) {
            writer.append("{\"cidr\":\"").appendCidr(entry).append("\",\"sblid\":\"decoymx\",\"rir\":\"\"}\n");
        }
        writeMetadata(view, writer);
    }
}
