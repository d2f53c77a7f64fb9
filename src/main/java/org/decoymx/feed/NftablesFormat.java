package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/** Sets of nftables, filled in one transaction: nft(8). Those of IPv4 and IPv6 are of two types. */
@Singleton
final class NftablesFormat implements FeedFormat {

    @Override
    public String name() {
        return "nftables";
    }

    @Override
    public String mediaType() {
        return TEXT_PLAIN;
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
    public void render(FeedView contents, FeedWriter lines) {
        lines.append(FeedFormat.headerComment(contents, "#")).append("add table inet decoy\n");
        render(false, "bl4", "ipv4_addr", contents, lines);
        render(true, "bl6", "ipv6_addr", contents, lines);
    }

    private static void render(boolean v6, String set, String type, FeedView contents, FeedWriter lines) {
        if (!contents.includes(v6)) {
            return;
        }
        lines.append("add set inet decoy " + set + " { type " + type + "; flags interval; auto-merge; }\n");
        lines.append("flush set inet decoy " + set + "\n");
        boolean any = false;
        for (BlocklistEntry entry : contents.entries(v6)) {
            lines.append(any ? "" : "add element inet decoy " + set + " {\n")
                    .append(entry)
                    .append(",\n");
            any = true;
        }
        lines.append(any ? "}\n" : "");
    }
}
