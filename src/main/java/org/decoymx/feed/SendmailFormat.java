package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Listing.Entry;

/**
 * The source of Sendmail's access map, which knows prefixes on octet and group boundaries only; others are split. IPv6
 * groups are written out, as Sendmail writes a client's address since 8.15.
 */
@Singleton
final class SendmailFormat implements Format {
    private static final int GROUP = 16;

    @Override
    public String name() {
        return "sendmail";
    }

    @Override
    public String mediaType() {
        return TEXT;
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
    public void render(Contents contents, Lines lines) {
        lines.add(Format.comment(contents, "#"));
        for (Entry entry : contents.entries()) {
            render(entry, lines);
        }
    }

    private static void render(Entry entry, Lines lines) {
        int part = entry.v6() ? GROUP : Byte.SIZE;
        int width = entry.v6() ? Long.SIZE : Integer.SIZE;
        int parts = Math.max(1, (entry.prefix() + part - 1) / part);
        int spare = width - parts * part;
        long count = 1L << (parts * part - entry.prefix());
        for (long i = 0; i < count; i++) {
            lines.add(entry.v6() ? "Connect:IPv6:" : "Connect:");
            prefix(entry.bits() + (i << spare), width, part, parts, entry.v6(), lines);
            lines.add("\tREJECT\n");
        }
    }

    private static void prefix(long bits, int width, int part, int parts, boolean v6, Lines lines) {
        for (int i = 0; i < parts; i++) {
            long value = bits >>> (width - (i + 1) * part) & ((1L << part) - 1);
            lines.add(i == 0 ? "" : v6 ? ":" : ".").add(Long.toString(value, v6 ? 16 : 10));
        }
    }
}
