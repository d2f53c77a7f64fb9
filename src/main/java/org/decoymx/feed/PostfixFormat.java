package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/** A {@code cidr:} table of Postfix: cidr_table(5). */
@Singleton
final class PostfixFormat implements FeedFormat {

    @Override
    public String name() {
        return "postfix-cidr";
    }

    @Override
    public String mediaType() {
        return TEXT_PLAIN;
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
    public void render(FeedView contents, FeedWriter lines) {
        lines.append(FeedFormat.headerComment(contents, "#"));
        for (BlocklistEntry entry : contents.entries()) {
            lines.appendCidr(entry).append(" REJECT 5.7.1 Caught by a decoy MX\n");
        }
    }
}
