package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.listing.Listing;

/** One address or network a line: for rspamd's maps, OpenSMTPD's tables, pf, and scripts. */
@Singleton
final class PlainFormat implements Format {

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public String mediaType() {
        return "text/plain;charset=UTF-8";
    }

    @Override
    public String consumer() {
        return "rspamd multimap, OpenSMTPD table, pf table, scripts";
    }

    @Override
    public String example(String url) {
        return "curl -fsS " + url;
    }

    @Override
    public void render(Listing listing, Lines lines) {
        lines.add(comment(listing, "#"));
        for (Listing.Entry entry : listing) {
            lines.add(entry).end();
        }
    }
}
