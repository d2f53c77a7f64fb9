package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Listing.Entry;

/** Sets of ipset(8), each filled aside and swapped in. That a set can be made anew with {@code -exist} its size must stay the same. */
@Singleton
final class IpsetFormat implements Format {
    /** No fewer than may be listed. */
    private static final int MAX_ELEMENTS = 1 << 20;

    @Override
    public String name() {
        return "ipset";
    }

    @Override
    public String mediaType() {
        return TEXT;
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
    public void render(Contents contents, Lines lines) {
        lines.add(Format.comment(contents, "#"));
        render(false, "decoy4", "inet", contents, lines);
        render(true, "decoy6", "inet6", contents, lines);
    }

    private static void render(boolean v6, String set, String family, Contents contents, Lines lines) {
        if (!contents.has(v6)) {
            return;
        }
        String aside = set + "_tmp";
        for (String name : new String[] {set, aside}) {
            lines.add("create " + name + " hash:net family " + family + " maxelem " + MAX_ELEMENTS + " -exist\n");
        }
        lines.add("flush " + aside + "\n");
        for (Entry entry : contents.entries(v6)) {
            lines.add("add ").add(aside).add(" ").add(entry).end();
        }
        lines.add("swap " + aside + " " + set + "\ndestroy " + aside + "\n");
    }
}
