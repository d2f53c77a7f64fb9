package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.net.IpPrefix;

/**
 * The source of a Sendmail access map. The map supports prefixes on octet (IPv4) and group (IPv6) boundaries only;
 * other networks are split. IPv6 addresses are not compressed, as in Sendmail since 8.15.
 */
@Singleton
final class SendmailFormat extends FeedFormat {
    private static final int GROUP_BITS = 16;

    SendmailFormat() {
        super(
                "sendmail",
                TierFilter.CONFIRMED,
                TEXT_PLAIN,
                "Sendmail access map",
                "curl -fsS {url} | makemap hash /etc/mail/decoy");
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        writer.append(headerComment(view, "#"));
        for (BlocklistEntry entry : view.entries()) {
            render(entry, writer);
        }
    }

    private static void render(BlocklistEntry entry, FeedWriter writer) {
        int groupBits = entry.v6() ? GROUP_BITS : Byte.SIZE;
        int groups = Math.max(1, (entry.prefix() + groupBits - 1) / groupBits);
        int splitBits = groups * groupBits - entry.prefix();
        IpPrefix part = new IpPrefix(
                entry.network().high(), entry.network().low(), entry.network().maskLength() + splitBits);
        for (int i = 0; i < 1 << splitBits; i++) {
            writer.append(entry.v6() ? "Connect:IPv6:" : "Connect:");
            appendGroups(part, groupBits, groups, writer);
            writer.append("\tREJECT\n");
            part = part.next();
        }
    }

    private static void appendGroups(IpPrefix network, int groupBits, int groups, FeedWriter writer) {
        int groupsPerHalf = Long.SIZE / GROUP_BITS;
        for (int i = 0; i < groups; i++) {
            long half = i < groupsPerHalf ? network.bits() : network.low();
            int width = network.v6() ? Long.SIZE : Integer.SIZE;
            long value = half >>> width - (i % groupsPerHalf + 1) * groupBits & (1L << groupBits) - 1;
            writer.append(i == 0 ? "" : network.v6() ? ":" : ".").append(Long.toString(value, network.v6() ? 16 : 10));
        }
    }
}
