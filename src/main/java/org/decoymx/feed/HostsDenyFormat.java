package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;

/**
 * A file {@code hosts.deny} of TCP wrappers, hosts_access(5). IPv6 addresses are in brackets. IPv4 networks have a mask
 * in dotted form, which all versions understand.
 */
@Singleton
final class HostsDenyFormat extends FeedFormat {
    HostsDenyFormat() {
        super(
                "hosts-deny",
                TierFilter.CONFIRMED,
                TEXT_PLAIN,
                "TCP wrappers (libwrap)",
                "curl -fsS {url} -o /etc/hosts.deny");
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        writer.append(headerComment(view, "#"));
        for (BlocklistEntry entry : view.entries()) {
            writer.append("ALL: ");
            if (entry.v6()) {
                writer.append('[').append(IpText.print(entry.network())).append(']');
            } else {
                writer.append(IpText.print(entry.network()));
            }
            if (!entry.isAddress()) {
                writer.append('/').append(entry.v6() ? String.valueOf(entry.prefix()) : dottedMask(entry.prefix()));
            }
            writer.endLine();
        }
    }

    private static String dottedMask(int prefix) {
        return IpText.print(IpPrefix.ofBits(false, 0xffff_ffffL << Integer.SIZE - prefix & 0xffff_ffffL));
    }
}
