package org.decoymx.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.Tier;
import org.decoymx.policy.TrustIndex;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The parameters of the list of senders. */
class SenderQueryTest {
    private final TrustIndex trust = PolicyFixtures.trustIndex();

    private static SenderQuery query(@Nullable String tier, @Nullable String since, @Nullable String text) {
        return SenderQuery.parse(tier, since, text, null, null);
    }

    private static BlocklistEntry entry(String address, long since) {
        IpPrefix origin = IpText.parseHostNetwork(address).orElseThrow();
        return new BlocklistEntry(origin, since, since + 60, 0);
    }

    private boolean matches(SenderQuery query, BlocklistEntry entry) {
        return query.filter(trust.manual()).test(entry);
    }

    @Test
    void defaults_areTheFirstPageOfAll() {
        assertThat(query(null, null, null)).isEqualTo(new SenderQuery(TierFilter.ALL, Instant.EPOCH, "", 1, 100));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            192.0.2.,       192.0.2.9,     true
            192.0.2.,       192.0.20.9,    false
            192.0.2.0/24,   192.0.2.9,     true
            192.0.2.0/24,   192.0.3.9,     false
            192.0.2,        192.0.20.9,    true
            192.0.2.9,      192.0.2.90,    true
            192.0.2.0.,     192.0.2.0,     false
            2,              203.0.113.1,   true
            2,              2001:db8::1,   true
            20,             2a00::1,       false
            2001:DB8:,      2001:db8::1,   true
            2001:db8:,      2001:db80::1,  false
            2001:db,        2001:db8::1,   true
            2001:db8::,     2001:db8:1::1, false
            2001:0db8:,     2001:db8::1,   false
            2001:db8:0:,    2001:db8::1,   false
            2001:db8:0:1:,  2001:db8:0:1:2:3:4:5, true
            1:2:3:4:5:6:7:, 1:2:3:4:5:6:7:8, true
            ::,             2001:db8::1,   false
            2001:db8::/32,  2001:db8::1,   true
            2001:db8::/32,  192.0.2.9,     false
            by the sales,   192.0.2.9,     true
            by the sales,   192.0.2.8,     false
            """)
    void text_isAnAddress_aNetwork_orAReason(String text, String address, boolean expected) {
        trust.decide(
                IpText.parseHostNetwork("192.0.2.9").orElseThrow(),
                new ManualDecision(Tier.SUSPECT, 5, 65, "Asked for by the Sales department"));
        assertThat(matches(query(null, null, text), entry(address, 5))).isEqualTo(expected);
    }

    @Test
    void since_mayBeADate_orEmpty() {
        assertThat(query(null, "2026-11-01", null).since()).isEqualTo(Instant.parse("2026-11-01T00:00:00Z"));
        assertThat(query(null, "", null).since()).isEqualTo(Instant.EPOCH);
        assertThatThrownBy(() -> query(null, "2026-02-30", null)).hasMessageContaining("since: '2026-02-30' is not");
    }

    @Test
    void tierAndSince_areFilters() {
        assertThat(matches(query("suspect", null, null), entry("192.0.2.9", 5))).isTrue();
        assertThat(matches(query("confirmed", null, null), entry("192.0.2.9", 5)))
                .isFalse();
        assertThat(matches(query("all", "1970-01-01T00:00:05Z", null), entry("192.0.2.9", 5)))
                .isTrue();
        assertThat(matches(query("all", "1970-01-01T00:00:06Z", null), entry("192.0.2.9", 5)))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            cleared, -,    -, -,   -,    'suspect, confirmed, all'
            -,       now,  -, -,   -,    example: 2026-12-31T18:00:00Z
            -,       -,    -, 0,   -,    page: '0' is not a whole number from 1 to 1000000
            -,       -,    -, -,   1001, size: '1001' is not a whole number from 1 to 1000
            -,       -,    -, -,   x,    size: 'x' is not
            """)
    void bad_saysWhatIsAllowed(
            @Nullable String tier,
            @Nullable String since,
            @Nullable String text,
            @Nullable String page,
            @Nullable String size,
            String message) {
        assertThatThrownBy(() -> SenderQuery.parse(tier, since, text, page, size))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void badNetwork_saysWhatIsAllowed() {
        assertThatThrownBy(() -> query(null, null, "192.0.2.0/33").filter(trust.manual()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 to 32");
    }
}
