package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/** One address or network a line, for pf tables: pfctl(8). */
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
    public void render(FeedView view, FeedWriter writer) {
        writer.append(FeedFormat.headerComment(view, "#"));
        for (BlocklistEntry entry : view.entries()) {
            writer.append(entry).endLine();
        }
    }
}
