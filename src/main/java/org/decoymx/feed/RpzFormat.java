package org.decoymx.feed;

import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;

/**
 * A response policy zone that makes a resolver drop the queries of listed clients (draft-vixie-dnsop-dns-rpz section
 * 4.2, client IP address triggers).
 */
@Singleton
final class RpzFormat extends FeedFormat {
    RpzFormat() {
        super(
                "rpz",
                TierFilter.CONFIRMED,
                "text/dns;charset=UTF-8",
                "unbound, BIND, Knot and PowerDNS resolvers (RPZ)",
                "curl -fsS {url} -o /var/lib/unbound/decoy.rpz && unbound-control auth_zone_reload decoy.rpz");
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        writer.append(headerComment(view, ";")).append("$TTL 60\n");
        long version = view.version();
        writer.append("@ SOA decoymx.invalid. hostmaster.decoymx.invalid. " + version + " 600 300 86400 60\n");
        writer.append("@ NS decoymx.invalid.\n");
        for (BlocklistEntry entry : view.entries()) {
            writer.append(entry.prefix()).append('.').append(reversedLabels(entry.network()));
            writer.append(".rpz-client-ip CNAME rpz-drop.\n");
        }
    }

    /** The octets in reverse order, or the groups with {@code zz} for the longest run of zeros (RFC 5952). */
    private static String reversedLabels(IpPrefix network) {
        if (!network.v6()) {
            return IpText.reverse(network);
        }
        String groups = IpText.print(network).replace("::", ":zz:");
        List<String> labels = Arrays.asList(groups.replaceAll("^:|:$", "").split(":", -1));
        Collections.reverse(labels);
        return String.join(".", labels);
    }
}
