package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Listing.Entry;

/** Sets of nftables, filled in one transaction: nft(8). Those of IPv4 and IPv6 are of two types. */
@Singleton
final class NftablesFormat implements Format {

    @Override
    public String name() {
        return "nftables";
    }

    @Override
    public String mediaType() {
        return TEXT;
    }

    @Override
    public String consumer() {
        return "nftables sets";
    }

    @Override
    public String example(String url) {
        return "curl -fsS " + url + " | nft -f -";
    }

    @Override
    public void render(Contents contents, Lines lines) {
        lines.add(Format.comment(contents, "#")).add("add table inet decoy\n");
        render(false, "bl4", "ipv4_addr", contents, lines);
        render(true, "bl6", "ipv6_addr", contents, lines);
    }

    private static void render(boolean v6, String set, String type, Contents contents, Lines lines) {
        if (!contents.has(v6)) {
            return;
        }
        lines.add("add set inet decoy " + set + " { type " + type + "; flags interval; auto-merge; }\n");
        lines.add("flush set inet decoy " + set + "\n");
        boolean any = false;
        for (Entry entry : contents.entries(v6)) {
            lines.add(any ? "" : "add element inet decoy " + set + " {\n")
                    .add(entry)
                    .add(",\n");
            any = true;
        }
        lines.add(any ? "}\n" : "");
    }
}
