package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist;

/** One address or network a line: rspamd maps, OpenSMTPD tables, HAProxy ACLs, scripts. */
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
    public void render(FeedView view, FeedWriter writer) {
        writer.append(FeedFormat.headerComment(view, "#"));
        for (Blocklist.BlocklistEntry entry : view.entries()) {
            writer.append(entry).endLine();
        }
    }
}
