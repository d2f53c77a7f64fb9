package org.decoymx.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.decoymx.feed.FixedFeedView.entry;
import static org.decoymx.feed.FixedFeedView.render;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.BlocklistPublishers;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.policy.ListingReason;
import org.decoymx.policy.PolicyMode;
import org.decoymx.smtp.protocol.Trait;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The exact output of the text formats. */
class TextFormatsTest {
    private static final List<BlocklistEntry> ENTRIES = List.of(
            entry("192.0.2.9", BlocklistPublishers.packedReason(new ListingReason(10, 1, 1, Set.of()))),
            entry("198.51.100.0/24", BlocklistPublishers.packedConfirmed(new ListingReason(12.5, 2, 3, Set.of()))),
            entry(
                    "2001:db8:0:1::/64",
                    BlocklistPublishers.packedReason(new ListingReason(15, 1, 0, Set.of(Trait.EARLY_TALKER)))),
            entry("2001:db8:0:2::9", BlocklistPublishers.packedReason(new ListingReason(10, 1, 1, Set.of()))));

    /** Header of all formats with comments; formats may replace the comment mark. */
    private static final String COMMENT = """
            # decoymx: senders that talked to a decoy mail server behind the worst-priority MX.
            # version 1767225600, of 2026-01-01T00:00:00Z, entries 4
            """;

    private static String renderEnforced(FeedFormat format) {
        return render(format, new FixedFeedView(PolicyMode.ENFORCE, ENTRIES));
    }

    private static Stream<FeedFormat> formats() {
        return FeedFormats.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void everyFormat_hasNameTypeConsumerAndExample(FeedFormat format) {
        assertThat(format.name()).matches("[a-z0-9-]+");
        assertThat(format.mediaType()).matches("[a-z]+/[a-z.+-]+(;charset=UTF-8)?(;header=present)?");
        assertThat(format.consumer()).isNotBlank();
        assertThat(format.example("http://decoy:8080/feeds/x")).contains("http://decoy:8080/feeds/x");
    }

    @Test
    void suspects_areShownByDefault_onlyWhereTheyCanBeTreatedInAnotherWay() {
        assertThat(formats()
                        .filter(format -> format.defaultTier() == TierFilter.ALL)
                        .map(FeedFormat::name))
                .containsExactly("csv", "misp", "ndjson", "plain", "postfix-cidr");
        assertThat(formats()
                        .filter(format -> format.defaultTier() != TierFilter.ALL)
                        .map(FeedFormat::defaultTier))
                .hasSize(14)
                .containsOnly(TierFilter.CONFIRMED);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void emptyBlocklist_givesNonEmptyBody(FeedFormat format) {
        assertThat(render(format, new FixedFeedView(PolicyMode.ENFORCE, List.of())))
                .endsWith("\n");
        format.files().values().forEach(file -> assertThat(
                        render(file, new FixedFeedView(PolicyMode.ENFORCE, List.of())))
                .endsWith("\n"));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void trialMode_isMentioned_exceptInCsv(FeedFormat format) {
        String trial = render(format, new FixedFeedView(PolicyMode.TRIAL, ENTRIES));
        if (!format.name().equals("csv")) {
            assertThat(trial.toLowerCase(Locale.ROOT)).contains("trial");
        }
        assertThat(render(format, new FixedFeedView(PolicyMode.ENFORCE, ENTRIES))
                        .toLowerCase(Locale.ROOT))
                .doesNotContain("trial");
    }

    @Test
    void textFormat_inTrialOrObserveMode_startsWithWarning() {
        assertThat(render(LineFormats.plain(), new FixedFeedView(PolicyMode.TRIAL, ENTRIES)))
                .startsWith("""
                # TRIAL: decoy.domains is not set, so all recipients are protected and private addresses are listed.\
                 Do not block with this list.
                """);
        assertThat(render(new RpzFormat(), new FixedFeedView(PolicyMode.OBSERVE, List.of())))
                .startsWith("""
                ; OBSERVE: decoy.policy.mode is observe, so this feed is empty; see /stats for what would be listed.
                """);
    }

    @Test
    void oneTier_isNamedInTheComment() {
        FeedView all = new FixedFeedView(PolicyMode.ENFORCE, List.of());
        FeedView confirmed = new FixedFeedView(all.listing(), FeedFilter.of(TierFilter.CONFIRMED), List.of());
        assertThat(render(LineFormats.pf(), confirmed)).isEqualTo("""
                # decoymx: senders that talked to a decoy mail server behind the worst-priority MX.
                # version 1767225600, of 2026-01-01T00:00:00Z, entries 0
                # tier confirmed only; ?tier=all selects both
                """);
        assertThat(render(new DropFormat(), confirmed)).contains("\"records\":0,\"tier\":\"confirmed\"}");
    }

    @Test
    void plainAndPf_haveOneEntryPerLine() {
        String lines = COMMENT + """
                192.0.2.9
                198.51.100.0/24
                2001:db8:0:1::/64
                2001:db8:0:2::9
                """;
        assertThat(renderEnforced(LineFormats.plain())).isEqualTo(lines);
        assertThat(renderEnforced(LineFormats.pf())).isEqualTo(lines);
    }

    @Test
    void postfixCidr_defersSuspects_andRejectsConfirmed() {
        assertThat(renderEnforced(LineFormats.postfix())).isEqualTo(COMMENT + """
                192.0.2.9/32 DEFER_IF_PERMIT 4.7.1 Caught by a decoy MX, try again later
                198.51.100.0/24 REJECT 5.7.1 Caught by a decoy MX
                2001:db8:0:1::/64 DEFER_IF_PERMIT 4.7.1 Caught by a decoy MX, try again later
                2001:db8:0:2::9/128 DEFER_IF_PERMIT 4.7.1 Caught by a decoy MX, try again later
                """);
    }

    @Test
    void exim_quotesIpv6Keys() {
        assertThat(renderEnforced(LineFormats.exim())).isEqualTo(COMMENT + """
                192.0.2.9: caught by a decoy MX
                198.51.100.0/24: caught by a decoy MX
                "2001:db8:0:1::/64": caught by a decoy MX
                "2001:db8:0:2::9": caught by a decoy MX
                """);
    }

    @Test
    void sendmail_splitsPrefixesAtOctetsAndGroups() {
        assertThat(renderEnforced(new SendmailFormat())).isEqualTo(COMMENT + """
                Connect:192.0.2.9\tREJECT
                Connect:198.51.100\tREJECT
                Connect:IPv6:2001:db8:0:1\tREJECT
                Connect:IPv6:2001:db8:0:2:0:0:0:9\tREJECT
                """);
        assertThat(render(
                        new SendmailFormat(),
                        new FixedFeedView(
                                PolicyMode.ENFORCE,
                                List.of(
                                        entry("192.0.2.8/31", 0),
                                        entry("2001:db8::/47", 0),
                                        entry("2001:db8:4::fffe/127", 0)))))
                .endsWith("""
                        Connect:192.0.2.8\tREJECT
                        Connect:192.0.2.9\tREJECT
                        Connect:IPv6:2001:db8:0\tREJECT
                        Connect:IPv6:2001:db8:1\tREJECT
                        Connect:IPv6:2001:db8:4:0:0:0:0:fffe\tREJECT
                        Connect:IPv6:2001:db8:4:0:0:0:0:ffff\tREJECT
                        """);
    }

    @Test
    void fail2ban_isLogWithTimeOfListing() {
        assertThat(renderEnforced(LineFormats.fail2ban())).isEqualTo(COMMENT + """
                2026-01-01 00:00:00 +0000 decoy hit 192.0.2.9
                2026-01-01 00:00:00 +0000 decoy hit 198.51.100.0/24
                2026-01-01 00:00:00 +0000 decoy hit 2001:db8:0:1::/64
                2026-01-01 00:00:00 +0000 decoy hit 2001:db8:0:2::9
                """);
    }

    @Test
    void rpz_dropsByClientAddress() {
        assertThat(renderEnforced(new RpzFormat())).isEqualTo(COMMENT.replace('#', ';') + """
                $TTL 60
                @ SOA decoymx.invalid. hostmaster.decoymx.invalid. 1767225600 600 300 86400 60
                @ NS decoymx.invalid.
                32.9.2.0.192.rpz-client-ip CNAME rpz-drop.
                24.0.100.51.198.rpz-client-ip CNAME rpz-drop.
                64.zz.1.0.db8.2001.rpz-client-ip CNAME rpz-drop.
                128.9.zz.2.0.db8.2001.rpz-client-ip CNAME rpz-drop.
                """);
    }

    @Test
    void rpz_shortensLongestRunOfZeros_ofIpv6() {
        assertThat(render(
                        new RpzFormat(),
                        new FixedFeedView(
                                PolicyMode.ENFORCE,
                                List.of(entry("::1", 0), entry("2001:0:0:1::2", 0), entry("2001:db8:1:2:3:4:0:6", 0)))))
                .endsWith("""
                        128.1.zz.rpz-client-ip CNAME rpz-drop.
                        128.2.zz.1.0.0.2001.rpz-client-ip CNAME rpz-drop.
                        128.6.0.4.3.2.1.db8.2001.rpz-client-ip CNAME rpz-drop.
                        """);
    }

    @Test
    void rbldnsd_hasTestEntries_andReturnCodes() {
        assertThat(renderEnforced(new RbldnsdFormat())).isEqualTo(COMMENT + """
                $SOA 60 decoymx.invalid. hostmaster.decoymx.invalid. 1767225600 10m 5m 1d 60
                $NS 3600 decoymx.invalid.
                $TTL 300
                $DATASET ip4trie:v4 @
                :127.0.0.2:$ was caught by a decoy MX. Mail is deferred, not rejected. \
                It is accepted when your mail server tries again later.
                127.0.0.2
                !127.0.0.1
                192.0.2.9
                :127.0.0.4:$ was caught by a decoy MX. Mail is rejected.
                198.51.100.0/24
                $DATASET ip6trie:v6 @
                :127.0.0.2:$ was caught by a decoy MX. Mail is deferred, not rejected. \
                It is accepted when your mail server tries again later.
                ::ffff:7f00:2
                !::ffff:7f00:1
                :127.0.0.3:$ was caught by a decoy MX. Mail is deferred, not rejected. \
                It is accepted when your mail server tries again later.
                2001:db8:0:1::/64
                :127.0.0.2:$ was caught by a decoy MX. Mail is deferred, not rejected. \
                It is accepted when your mail server tries again later.
                2001:db8:0:2::9
                """);
    }

    @Test
    void rbldnsd_neverLists127001_evenInTrialMode() {
        String trial = render(new RbldnsdFormat(), new FixedFeedView(PolicyMode.TRIAL, List.of(entry("127.0.0.1", 0))));
        assertThat(trial.lines()).contains("!127.0.0.1").doesNotContain("127.0.0.1");
    }

    @Test
    void hostsDeny_hasMasksForIpv4_andBracketsForIpv6() {
        assertThat(renderEnforced(LineFormats.hostsDeny())).isEqualTo(COMMENT + """
                ALL: 192.0.2.9
                ALL: 198.51.100.0/255.255.255.0
                ALL: [2001:db8:0:1::]/64
                ALL: [2001:db8:0:2::9]
                """);
    }

    @Test
    void apacheAndNginx_haveOneDirectivePerEntry() {
        assertThat(renderEnforced(LineFormats.apache())).isEqualTo(COMMENT + """
                Require not ip 192.0.2.9
                Require not ip 198.51.100.0/24
                Require not ip 2001:db8:0:1::/64
                Require not ip 2001:db8:0:2::9
                """);
        assertThat(renderEnforced(LineFormats.nginx())).isEqualTo(COMMENT + """
                deny 192.0.2.9;
                deny 198.51.100.0/24;
                deny 2001:db8:0:1::/64;
                deny 2001:db8:0:2::9;
                """);
    }
}
