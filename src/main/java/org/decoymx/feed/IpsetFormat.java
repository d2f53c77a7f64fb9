package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;

/**
 * Commands for {@code ipset restore}, ipset(8). Each set is filled under a temporary name and then swapped in. The size
 * must never change, because {@code create -exist} fails for a set with other parameters.
 */
@Singleton
final class IpsetFormat extends FeedFormat {
    /** At least the maximum size of the blocklist. */
    private static final int MAX_ELEMENTS = 1 << 20;

    IpsetFormat() {
        super(
                "ipset",
                TierFilter.CONFIRMED,
                TEXT_PLAIN,
                "ipset restore, for iptables",
                "curl -fsS {url} | ipset restore");
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        writer.append(headerComment(view, "#"));
        render(false, "decoy4", "inet", view, writer);
        render(true, "decoy6", "inet6", view, writer);
    }

    private static void render(boolean v6, String set, String family, FeedView view, FeedWriter writer) {
        if (!view.includes(v6)) {
            return;
        }
        String temporarySet = set + "_tmp";
        for (String name : new String[] {set, temporarySet}) {
            writer.append("create " + name + " hash:net family " + family + " maxelem " + MAX_ELEMENTS + " -exist\n");
        }
        writer.append("flush " + temporarySet + "\n");
        for (BlocklistEntry entry : view.entries(v6)) {
            writer.append("add ").append(temporarySet).append(" ").append(entry).endLine();
        }
        writer.append("swap " + temporarySet + " " + set + "\ndestroy " + temporarySet + "\n");
    }
}
