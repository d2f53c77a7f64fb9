package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/** A Postfix {@code cidr:} table: cidr_table(5). */
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
    public void render(FeedView view, FeedWriter writer) {
        writer.append(FeedFormat.headerComment(view, "#"));
        for (BlocklistEntry entry : view.entries()) {
            writer.appendCidr(entry).append(" REJECT 5.7.1 Caught by a decoy MX\n");
        }
    }
}
