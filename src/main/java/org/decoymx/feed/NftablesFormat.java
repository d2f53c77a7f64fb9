package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;

/**
 * Commands for {@code nft -f}, nft(8), which fill the sets in one transaction. IPv4 and IPv6 need sets of different
 * types.
 */
@Singleton
final class NftablesFormat extends FeedFormat {

    NftablesFormat() {
        super("nftables", TierFilter.CONFIRMED, TEXT_PLAIN, "nftables sets", "curl -fsS {url} | nft -f -");
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        writer.append(headerComment(view, "#")).append("add table inet decoy\n");
        render(false, "bl4", "ipv4_addr", view, writer);
        render(true, "bl6", "ipv6_addr", view, writer);
    }

    private static void render(boolean v6, String set, String type, FeedView view, FeedWriter writer) {
        if (!view.includes(v6)) {
            return;
        }
        writer.append("add set inet decoy " + set + " { type " + type + "; flags interval; auto-merge; }\n");
        writer.append("flush set inet decoy " + set + "\n");
        boolean hasEntries = false;
        for (BlocklistEntry entry : view.entries(v6)) {
            writer.append(hasEntries ? "" : "add element inet decoy " + set + " {\n")
                    .append(entry)
                    .append(",\n");
            hasEntries = true;
        }
        writer.append(hasEntries ? "}\n" : "");
    }
}
