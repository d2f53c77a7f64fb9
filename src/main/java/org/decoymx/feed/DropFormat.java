package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Listing.Entry;

/** JSON lines in the shape of Spamhaus DROP, the last of which says what list it is. */
@Singleton
final class DropFormat implements Format {

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
    public void render(Contents contents, Lines lines) {
        for (Entry entry : contents.entries()) {
            lines.add("{\"cidr\":\"").addNetwork(entry).add("\",\"sblid\":\"decoymx\",\"rir\":\"\"}\n");
        }
        Format.metadata(contents, lines);
    }
}
