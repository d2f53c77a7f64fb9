package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.feed.FixedFeedView.entry;
import static org.decoymx.feed.FixedFeedView.render;

import java.util.List;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.feed.FeedFilter.FamilyFilter;
import org.decoymx.policy.PolicyMode;
import org.junit.jupiter.api.Test;

/** The exact output of the formats for firewall sets. */
class FirewallFormatsTest {
    private static final List<BlocklistEntry> ENTRIES = List.of(
            entry("192.0.2.9", 0), entry("198.51.100.0/24", 0), entry("2001:db8::/64", 0), entry("2001:db8:0:1::9", 0));
    private static final Blocklist LISTING = new FixedFeedView(PolicyMode.ENFORCE, ENTRIES).listing();

    /** The rendered feed without comments. */
    private static String renderCommands(FeedFormat format, FamilyFilter family, List<BlocklistEntry> entries) {
        String text = render(format, new FixedFeedView(LISTING, FeedFilter.of(family, TierFilter.ALL), entries));
        return text.lines().filter(line -> !line.startsWith("#")).reduce("", (all, line) -> all + line + '\n');
    }

    @Test
    void nftables_fillsOneSetPerFamily() {
        assertThat(renderCommands(new NftablesFormat(), FamilyFilter.BOTH, ENTRIES))
                .isEqualTo("""
                add table inet decoy
                add set inet decoy bl4 { type ipv4_addr; flags interval; auto-merge; }
                flush set inet decoy bl4
                add element inet decoy bl4 {
                192.0.2.9,
                198.51.100.0/24,
                }
                add set inet decoy bl6 { type ipv6_addr; flags interval; auto-merge; }
                flush set inet decoy bl6
                add element inet decoy bl6 {
                2001:db8::/64,
                2001:db8:0:1::9,
                }
                """);
    }

    @Test
    void nftablesWithoutEntries_flushesSet() {
        assertThat(renderCommands(new NftablesFormat(), FamilyFilter.V4, List.of()))
                .isEqualTo("""
                add table inet decoy
                add set inet decoy bl4 { type ipv4_addr; flags interval; auto-merge; }
                flush set inet decoy bl4
                """);
    }

    @Test
    void ipset_fillsTemporarySet_andSwaps() {
        assertThat(renderCommands(new IpsetFormat(), FamilyFilter.V6, ENTRIES)).isEqualTo("""
                create decoy6 hash:net family inet6 maxelem 1048576 -exist
                create decoy6_tmp hash:net family inet6 maxelem 1048576 -exist
                flush decoy6_tmp
                add decoy6_tmp 2001:db8::/64
                add decoy6_tmp 2001:db8:0:1::9
                swap decoy6_tmp decoy6
                destroy decoy6_tmp
                """);
        assertThat(renderCommands(new IpsetFormat(), FamilyFilter.V4, ENTRIES)).isEqualTo("""
                create decoy4 hash:net family inet maxelem 1048576 -exist
                create decoy4_tmp hash:net family inet maxelem 1048576 -exist
                flush decoy4_tmp
                add decoy4_tmp 192.0.2.9
                add decoy4_tmp 198.51.100.0/24
                swap decoy4_tmp decoy4
                destroy decoy4_tmp
                """);
    }

    @Test
    void mikrotik_replacesOneListPerFamily() {
        assertThat(renderCommands(new MikrotikFormat(), FamilyFilter.BOTH, ENTRIES))
                .isEqualTo("""
                /ip firewall address-list
                remove [find list=decoy]
                add list=decoy timeout=1d address=192.0.2.9/32
                add list=decoy timeout=1d address=198.51.100.0/24
                /ipv6 firewall address-list
                remove [find list=decoy]
                add list=decoy timeout=1d address=2001:db8::/64
                add list=decoy timeout=1d address=2001:db8:0:1::9/128
                """);
        assertThat(renderCommands(new MikrotikFormat(), FamilyFilter.V4, List.of()))
                .isEqualTo("/ip firewall address-list\nremove [find list=decoy]\n");
    }
}
