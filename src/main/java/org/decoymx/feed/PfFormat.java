package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/** One address or network a line, for a table of pf. */
@Singleton
final class PfFormat implements FeedFormat {

    @Override
    public String name() {
        return "pf";
    }

    @Override
    public String mediaType() {
        return TEXT_PLAIN;
    }

    @Override
    public String consumer() {
        return "pf table (OpenBSD, FreeBSD)";
    }

    @Override
    public String example(String url) {
        return "curl -fsS " + url + " -o /etc/decoy.pf && pfctl -t decoy -T replace -f /etc/decoy.pf";
    }

    @Override
    public void render(FeedView contents, FeedWriter lines) {
        lines.append(FeedFormat.headerComment(contents, "#"));
        for (BlocklistEntry entry : contents.entries()) {
            lines.append(entry).endLine();
        }
    }
}
