package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;

/** A file for {@code Include} in a {@code <RequireAll>} of Apache httpd 2.4, mod_authz_host. */
@Singleton
final class ApacheFormat extends FeedFormat {
    ApacheFormat() {
        super(
                "apache",
                TierFilter.CONFIRMED,
                TEXT_PLAIN,
                "Apache httpd 2.4",
                "curl -fsS {url} -o /etc/apache2/decoy.list && apachectl graceful");
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        writer.append(headerComment(view, "#"));
        for (BlocklistEntry entry : view.entries()) {
            writer.append("Require not ip ").append(entry).endLine();
        }
    }
}
