package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Listing.Entry;

/** A {@code cidr:} table of Postfix: cidr_table(5). */
@Singleton
final class PostfixFormat implements Format {

    @Override
    public String name() {
        return "postfix-cidr";
    }

    @Override
    public String mediaType() {
        return TEXT;
    }

    @Override
    public String consumer() {
        return "Postfix check_client_access and postscreen_access_list";
    }

    @Override
    public String example(String url) {
        return "curl -fsS " + url + " -o /etc/postfix/decoy.cidr && postfix reload";
    }

    @Override
    public void render(Contents contents, Lines lines) {
        lines.add(Format.comment(contents, "#"));
        for (Entry entry : contents.entries()) {
            lines.addNetwork(entry).add(" REJECT 5.7.1 Caught by a decoy MX\n");
        }
    }
}
