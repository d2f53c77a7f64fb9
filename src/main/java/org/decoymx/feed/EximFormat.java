package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;

/** A file for {@code net-iplsearch} of Exim, where keys with colons must be quoted. */
@Singleton
final class EximFormat extends FeedFormat {

    EximFormat() {
        super(
                "exim",
                TierFilter.CONFIRMED,
                TEXT_PLAIN,
                "Exim hosts = net-iplsearch;file",
                "curl -fsS {url} -o /etc/exim4/decoy");
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        writer.append(headerComment(view, "#"));
        for (BlocklistEntry entry : view.entries()) {
            String quote = entry.v6() ? "\"" : "";
            writer.append(quote).append(entry).append(quote).append(": caught by a decoy MX\n");
        }
    }
}
