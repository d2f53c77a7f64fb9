package org.decoymx.feed;

import jakarta.inject.Singleton;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;

/**
 * A RouterOS script that replaces the address lists {@code decoy}, for {@code /import}. Entries with a time-out are not
 * written to the router's flash memory.
 */
@Singleton
final class MikrotikFormat extends FeedFormat {
    MikrotikFormat() {
        super(
                "mikrotik",
                TierFilter.CONFIRMED,
                TEXT_PLAIN,
                "MikroTik RouterOS address lists",
                "/tool fetch url=\"{url}\" dst-path=decoy.rsc; /import file-name=decoy.rsc");
    }

    @Override
    public void render(FeedView view, FeedWriter writer) {
        writer.append(headerComment(view, "#"));
        render(false, "/ip firewall address-list", view, writer);
        render(true, "/ipv6 firewall address-list", view, writer);
    }

    private static void render(boolean v6, String menu, FeedView view, FeedWriter writer) {
        if (!view.includes(v6)) {
            return;
        }
        writer.append(menu).append("\nremove [find list=decoy]\n");
        for (BlocklistEntry entry : view.entries(v6)) {
            writer.append("add list=decoy timeout=1d address=")
                    .appendCidr(entry)
                    .endLine();
        }
    }
}
