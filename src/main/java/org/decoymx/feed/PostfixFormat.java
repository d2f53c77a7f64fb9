package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/** A Postfix {@code cidr:} table: cidr_table(5). */
@Singleton
final class PostfixFormat extends FeedFormat {

    PostfixFormat() {
        super(
                "postfix-cidr",
                TEXT_PLAIN,
                "Postfix check_client_access and postscreen_access_list",
                "curl -fsS {url} -o /etc/postfix/decoy.cidr && postfix reload");
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        writer.append(headerComment(view, "#"));
        for (BlocklistEntry entry : view.entries()) {
            writer.appendCidr(entry).append(" REJECT 5.7.1 Caught by a decoy MX\n");
        }
    }
}
