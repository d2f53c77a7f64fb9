package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/** A file for {@code net-iplsearch} of Exim, where keys with colons must be quoted. */
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
    public void render(FeedView view, FeedWriter writer) {
        writer.append(FeedFormat.headerComment(view, "#"));
        for (BlocklistEntry entry : view.entries()) {
            String quote = entry.v6() ? "\"" : "";
            writer.append(quote).append(entry).append(quote).append(": caught by a decoy MX\n");
        }
    }
}
