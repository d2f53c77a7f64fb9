package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;

/** A file for {@code include} in nginx, with directives of its HTTP and stream access modules. */
@Singleton
final class NginxFormat extends FeedFormat {
    NginxFormat() {
        super(
                "nginx",
                TierFilter.CONFIRMED,
                TEXT_PLAIN,
                "nginx (http and stream)",
                "curl -fsS {url} -o /etc/nginx/decoy.conf && nginx -s reload");
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        writer.append(headerComment(view, "#"));
        for (BlocklistEntry entry : view.entries()) {
            writer.append("deny ").append(entry).append(";\n");
        }
    }
}
