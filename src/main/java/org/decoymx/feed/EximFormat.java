package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Listing.Entry;

/** A file for {@code net-iplsearch} of Exim; there a key with colons stands in quotes. */
@Singleton
final class EximFormat implements Format {

    @Override
    public String name() {
        return "exim";
    }

    @Override
    public String mediaType() {
        return TEXT;
    }

    @Override
    public String consumer() {
        return "Exim hosts = net-iplsearch;file";
    }

    @Override
    public String example(String url) {
        return "curl -fsS " + url + " -o /etc/exim4/decoy";
    }

    @Override
    public void render(Contents contents, Lines lines) {
        lines.add(Format.comment(contents, "#"));
        for (Entry entry : contents.entries()) {
            String quote = entry.v6() ? "\"" : "";
            lines.add(quote).add(entry).add(quote).add(": caught by a decoy MX\n");
        }
    }
}
