package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Listing.Entry;

/**
 * A response policy zone, by which a resolver drops the questions of the listed: draft-vixie-dnsop-dns-rpz section 4.2,
 * triggers by the client's address.
 */
@Singleton
final class RpzFormat implements Format {
    private static final int GROUP = 16;
    private static final long MASK = 0xffff;

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
    public void render(Contents contents, Lines lines) {
        lines.add(Format.comment(contents, ";")).add("$TTL 60\n");
        long version = contents.listing().version();
        lines.add("@ SOA decoymx.invalid. hostmaster.decoymx.invalid. " + version + " 600 300 86400 60\n");
        lines.add("@ NS decoymx.invalid.\n");
        for (Entry entry : contents.entries()) {
            lines.add(entry.prefix()).add(entry.v6() ? groups(entry.bits()) : octets(entry.bits()));
            lines.add(".rpz-client-ip CNAME rpz-drop.\n");
        }
    }

    private static String octets(long bits) {
        return "." + (bits & 0xff) + "." + (bits >> 8 & 0xff) + "." + (bits >> 16 & 0xff) + "." + (bits >> 24);
    }

    /** The groups from the last; {@code zz} is the longest run of zeros, which is always that at the end. */
    private static String groups(long bits) {
        StringBuilder name = new StringBuilder(".zz");
        int groups = Long.SIZE / GROUP;
        long rest = bits;
        for (; groups > 0 && (rest & MASK) == 0; groups--) {
            rest >>>= GROUP;
        }
        for (; groups > 0; groups--) {
            name.append('.').append(Long.toHexString(rest & MASK));
            rest >>>= GROUP;
        }
        return name.toString();
    }
}
