package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;

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
        int width = entry.v6() ? Long.SIZE : Integer.SIZE;
        int groups = Math.max(1, (entry.prefix() + groupBits - 1) / groupBits);
        int hostBits = width - groups * groupBits;
        long count = 1L << (groups * groupBits - entry.prefix());
        for (long i = 0; i < count; i++) {
            writer.append(entry.v6() ? "Connect:IPv6:" : "Connect:");
            appendPrefix(entry.bits() + (i << hostBits), width, groupBits, groups, entry.v6(), writer);
            writer.append("\tREJECT\n");
        }
    }

    private static void appendPrefix(long bits, int width, int groupBits, int groups, boolean v6, FeedWriter writer) {
        for (int i = 0; i < groups; i++) {
            long value = bits >>> (width - (i + 1) * groupBits) & ((1L << groupBits) - 1);
            writer.append(i == 0 ? "" : v6 ? ":" : ".").append(Long.toString(value, v6 ? 16 : 10));
        }
    }
}
