package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/**
 * The source of Sendmail's access map, which knows prefixes on octet and group boundaries only; others are split. IPv6
 * groups are written out, as Sendmail writes a client's address since 8.15.
 */
@Singleton
final class SendmailFormat implements FeedFormat {
    private static final int GROUP_BITS = 16;

    @Override
    public String name() {
        return "sendmail";
    }

    @Override
    public String mediaType() {
        return TEXT_PLAIN;
    }

    @Override
    public String consumer() {
        return "Sendmail access map";
    }

    @Override
    public String example(String url) {
        return "curl -fsS " + url + " | makemap hash /etc/mail/decoy";
    }

    @Override
    public void render(FeedView contents, FeedWriter lines) {
        lines.append(FeedFormat.headerComment(contents, "#"));
        for (BlocklistEntry entry : contents.entries()) {
            render(entry, lines);
        }
    }

    private static void render(BlocklistEntry entry, FeedWriter lines) {
        int part = entry.v6() ? GROUP_BITS : Byte.SIZE;
        int width = entry.v6() ? Long.SIZE : Integer.SIZE;
        int parts = Math.max(1, (entry.prefix() + part - 1) / part);
        int spare = width - parts * part;
        long count = 1L << (parts * part - entry.prefix());
        for (long i = 0; i < count; i++) {
            lines.append(entry.v6() ? "Connect:IPv6:" : "Connect:");
            appendPrefix(entry.bits() + (i << spare), width, part, parts, entry.v6(), lines);
            lines.append("\tREJECT\n");
        }
    }

    private static void appendPrefix(long bits, int width, int part, int parts, boolean v6, FeedWriter lines) {
        for (int i = 0; i < parts; i++) {
            long value = bits >>> (width - (i + 1) * part) & ((1L << part) - 1);
            lines.append(i == 0 ? "" : v6 ? ":" : ".").append(Long.toString(value, v6 ? 16 : 10));
        }
    }
}
