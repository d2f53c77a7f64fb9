package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist;

/** One address or network a line: for rspamd's maps, OpenSMTPD's tables, pf, and scripts. */
@Singleton
final class PlainFormat implements FeedFormat {

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public String mediaType() {
        return TEXT_PLAIN;
    }

    @Override
    public String consumer() {
        return "rspamd multimap, OpenSMTPD table, HAProxy acl, scripts";
    }

    @Override
    public String example(String url) {
        return "curl -fsS " + url;
    }

    @Override
    public void render(FeedView contents, FeedWriter lines) {
        lines.append(FeedFormat.headerComment(contents, "#"));
        for (Blocklist.BlocklistEntry entry : contents.entries()) {
            lines.append(entry).endLine();
        }
    }
}
