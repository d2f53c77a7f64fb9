package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/** Sets of ipset(8), each filled aside and swapped in. That a set can be made anew with {@code -exist} its size must stay the same. */
@Singleton
final class IpsetFormat implements FeedFormat {
    /** No fewer than may be listed. */
    private static final int MAX_ELEMENTS = 1 << 20;

    @Override
    public String name() {
        return "ipset";
    }

    @Override
    public String mediaType() {
        return TEXT_PLAIN;
    }

    @Override
    public String consumer() {
        return "ipset restore, for iptables";
    }

    @Override
    public String example(String url) {
        return "curl -fsS " + url + " | ipset restore";
    }

    @Override
    public void render(FeedView contents, FeedWriter lines) {
        lines.append(FeedFormat.headerComment(contents, "#"));
        render(false, "decoy4", "inet", contents, lines);
        render(true, "decoy6", "inet6", contents, lines);
    }

    private static void render(boolean v6, String set, String family, FeedView contents, FeedWriter lines) {
        if (!contents.includes(v6)) {
            return;
        }
        String aside = set + "_tmp";
        for (String name : new String[] {set, aside}) {
            lines.append("create " + name + " hash:net family " + family + " maxelem " + MAX_ELEMENTS + " -exist\n");
        }
        lines.append("flush " + aside + "\n");
        for (BlocklistEntry entry : contents.entries(v6)) {
            lines.append("add ").append(aside).append(" ").append(entry).endLine();
        }
        lines.append("swap " + aside + " " + set + "\ndestroy " + aside + "\n");
    }
}
