package org.decoymx.feed;

import jakarta.inject.Singleton;
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
    private static final int GROUP_BITS = 16;
    private static final long GROUP_MASK = 0xffff;

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
            writer.append(entry.prefix())
                    .append(
                            entry.v6()
                                    ? reverseGroups(entry.bits())
                                    : "." + IpText.reverse(IpPrefix.ofBits(false, entry.bits())));
            writer.append(".rpz-client-ip CNAME rpz-drop.\n");
        }
    }

    /** The groups in reverse order; {@code zz} stands for the zeros at the end, always the longest run. */
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
