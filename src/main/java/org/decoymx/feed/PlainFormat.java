package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Listing;

/** One address or network a line: for rspamd's maps, OpenSMTPD's tables, pf, and scripts. */
@Singleton
final class PlainFormat implements Format {

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public String mediaType() {
        return TEXT;
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
    public void render(Contents contents, Lines lines) {
        lines.add(Format.comment(contents, "#"));
        for (Listing.Entry entry : contents.entries()) {
            lines.add(entry).end();
        }
    }
}
