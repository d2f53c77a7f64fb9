package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/** One address or network a line: rspamd maps, OpenSMTPD tables, HAProxy ACLs, scripts. */
@Singleton
class PlainFormat extends FeedFormat {
    PlainFormat() {
        this("plain", "rspamd multimap, OpenSMTPD table, HAProxy acl, scripts", "curl -fsS {url}");
    }

    PlainFormat(String name, String consumer, String example) {
        super(name, TEXT_PLAIN, consumer, example);
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        writer.append(headerComment(view, "#"));
        for (BlocklistEntry entry : view.entries()) {
            writer.append(entry).endLine();
        }
    }
}
