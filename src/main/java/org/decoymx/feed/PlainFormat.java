package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;

/** One address or network a line: rspamd maps, OpenSMTPD tables, HAProxy ACLs, scripts. */
@Singleton
class PlainFormat extends FeedFormat {
    PlainFormat() {
        this("plain", TierFilter.ALL, "rspamd multimap, OpenSMTPD table, HAProxy acl, scripts", "curl -fsS {url}");
    }

    PlainFormat(String name, TierFilter defaultTier, String consumer, String example) {
        super(name, defaultTier, TEXT_PLAIN, consumer, example);
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        writer.append(headerComment(view, "#"));
        for (BlocklistEntry entry : view.entries()) {
            writer.append(entry).endLine();
        }
    }
}
