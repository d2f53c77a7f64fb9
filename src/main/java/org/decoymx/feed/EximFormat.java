package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/** A file for {@code net-iplsearch} of Exim; there a key with colons stands in quotes. */
@Singleton
final class EximFormat implements FeedFormat {

    @Override
    public String name() {
        return "exim";
    }

    @Override
    public String mediaType() {
        return TEXT_PLAIN;
    }

    @Override
    public String consumer() {
        return "Exim hosts = net-iplsearch;file";
    }

    @Override
    public String example(String url) {
        return "curl -fsS " + url + " -o /etc/exim4/decoy";
    }

    @Override
    public void render(FeedView contents, FeedWriter lines) {
        lines.append(FeedFormat.headerComment(contents, "#"));
        for (BlocklistEntry entry : contents.entries()) {
            String quote = entry.v6() ? "\"" : "";
            lines.append(quote).append(entry).append(quote).append(": caught by a decoy MX\n");
        }
    }
}
