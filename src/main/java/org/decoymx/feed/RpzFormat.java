package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/**
 * A response policy zone, by which a resolver drops the questions of the listed: draft-vixie-dnsop-dns-rpz section 4.2,
 * triggers by the client's address.
 */
@Singleton
final class RpzFormat implements FeedFormat {
    private static final int GROUP_BITS = 16;
    private static final long GROUP_MASK = 0xffff;

    @Override
    public String name() {
        return "rpz";
    }

    @Override
    public String mediaType() {
        return "text/dns;charset=UTF-8";
    }

    @Override
    public String consumer() {
        return "unbound, BIND, Knot and PowerDNS resolvers (RPZ)";
    }

    @Override
    public String example(String url) {
        return "curl -fsS " + url + " -o /var/lib/unbound/decoy.rpz && unbound-control auth_zone_reload decoy.rpz";
    }

    @Override
    public void render(FeedView contents, FeedWriter lines) {
        lines.append(FeedFormat.headerComment(contents, ";")).append("$TTL 60\n");
        long version = contents.listing().version();
        lines.append("@ SOA decoymx.invalid. hostmaster.decoymx.invalid. " + version + " 600 300 86400 60\n");
        lines.append("@ NS decoymx.invalid.\n");
        for (BlocklistEntry entry : contents.entries()) {
            lines.append(entry.prefix()).append(entry.v6() ? reverseGroups(entry.bits()) : reverseOctets(entry.bits()));
            lines.append(".rpz-client-ip CNAME rpz-drop.\n");
        }
    }

    private static String reverseOctets(long bits) {
        return "." + (bits & 0xff) + "." + (bits >> 8 & 0xff) + "." + (bits >> 16 & 0xff) + "." + (bits >> 24);
    }

    /** The groups from the last; {@code zz} is the longest run of zeros, which is always that at the end. */
    private static String reverseGroups(long bits) {
        StringBuilder name = new StringBuilder(".zz");
        int groups = Long.SIZE / GROUP_BITS;
        long rest = bits;
        for (; groups > 0 && (rest & GROUP_MASK) == 0; groups--) {
            rest >>>= GROUP_BITS;
        }
        for (; groups > 0; groups--) {
            name.append('.').append(Long.toHexString(rest & GROUP_MASK));
            rest >>>= GROUP_BITS;
        }
        return name.toString();
    }
}
