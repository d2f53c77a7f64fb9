package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/** NDJSON in the format of Spamhaus DROP. The last line is metadata. */
@Singleton
final class DropFormat implements FeedFormat {

    @Override
    public String name() {
        return "drop";
    }

    @Override
    public String mediaType() {
        return "application/x-ndjson";
    }

    @Override
    public String consumer() {
        return "consumers of Spamhaus DROP in JSON";
    }

    @Override
    public String example(String url) {
        return "curl -fsS " + url + " | jq -r 'select(.cidr).cidr'";
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        for (BlocklistEntry entry : view.entries()) {
            writer.append("{\"cidr\":\"").appendCidr(entry).append("\",\"sblid\":\"decoymx\",\"rir\":\"\"}\n");
        }
        FeedFormat.writeMetadata(view, writer);
    }
}
