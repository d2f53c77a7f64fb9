package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;

/**
 * A Postfix {@code cidr:} table, cidr_table(5), with the actions of access(5): suspects are deferred, confirmed senders
 * rejected. postscreen cannot defer; for it, select the confirmed.
 */
@Singleton
final class PostfixFormat extends FeedFormat {
    private static final String REJECT = " REJECT 5.7.1 Caught by a decoy MX\n";
    private static final String DEFER = " DEFER_IF_PERMIT 4.7.1 Caught by a decoy MX, try again later\n";

    PostfixFormat() {
        super(
                "postfix-cidr",
                TierFilter.ALL,
                TEXT_PLAIN,
                "Postfix check_client_access and postscreen_access_list",
                "curl -fsS {url} -o /etc/postfix/decoy.cidr && postfix reload");
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        writer.append(headerComment(view, "#"));
        for (BlocklistEntry entry : view.entries()) {
            writer.appendCidr(entry).append(entry.isConfirmed() ? REJECT : DEFER);
        }
    }
}
