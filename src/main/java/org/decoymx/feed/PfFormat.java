package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Listing.Entry;

/** One address or network a line, for a table of pf. */
@Singleton
final class PfFormat implements Format {

    @Override
    public String name() {
        return "pf";
    }

    @Override
    public String mediaType() {
        return TEXT;
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
    public void render(Contents contents, Lines lines) {
        lines.add(Format.comment(contents, "#"));
        for (Entry entry : contents.entries()) {
            lines.add(entry).end();
        }
    }
}
