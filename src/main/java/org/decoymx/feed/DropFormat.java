package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/** JSON lines in the shape of Spamhaus DROP, the last of which says what list it is. */
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
        return "whatever reads Spamhaus DROP as JSON";
    }

    @Override
    public String example(String url) {
        return "curl -fsS " + url + " | jq -r 'select(.cidr).cidr'";
    }

    @Override
    public void render(FeedView contents, FeedWriter lines) {
        for (BlocklistEntry entry : contents.entries()) {
            lines.append("{\"cidr\":\"").appendCidr(entry).append("\",\"sblid\":\"decoymx\",\"rir\":\"\"}\n");
        }
        FeedFormat.writeMetadata(contents, lines);
    }
}
