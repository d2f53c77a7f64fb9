package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.sighting.Sighting;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sessions that are not scored, and their skip reasons. */
class PolicySkipReasonsTest {
    private static final Instant T = Instant.parse("2026-01-10T00:00:00Z");
    private static final Duration WINDOW = Duration.ofHours(36);

    private final ExemptNetworks exempt = new ExemptNetworks();
    private final PrimaryVisits visits = new PrimaryVisits(WINDOW);
    private final Policy policy = new Policy(
            PolicyFixtures.settings(PolicyMode.ENFORCE, Duration.ofDays(1)),
            exempt,
            visits,
            new OutageWindows(Duration.ZERO));

    private @Nullable SkipReason skipReason(String address) {
        return SessionFixtures.score(policy, SessionFixtures.complete(address, T))
                .skipReason();
    }

    @ParameterizedTest(name = "{0}, seen {1} h before: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            198.51.100.7    | 0      | true
            198.51.100.7    | 1      | true
            198.51.100.7    | 36     | true
            198.51.100.7    | 36.001 | false
            198.51.100.7    | 72     | false
            198.51.100.7    | -0.01  | false
            198.51.100.7    | -24    | false
            198.51.100.0    | 1      | true
            198.51.100.255  | 36     | true
            198.51.100.255  | 37     | false
            198.51.101.7    | 1      | false
            198.51.99.7     | 1      | false
            2001:db8:1:2::9 | 1      | true
            2001:db8:1:2::9 | 40     | false
            2001:db8:1:3::9 | 1      | false
            """)
    void sender_inNetworkSeenAtPrimary_isSkippedWithinWindow(String address, double hoursBefore, boolean witnessed) {
        String seen = address.contains(":") ? "2001:db8:1:2::1" : "198.51.100.7";
        visits.recordVisit(
                IpText.parseHostNetwork(seen).orElseThrow(), T.minusSeconds(Math.round(hoursBefore * 3_600)));
        assertThat(skipReason(address)).isEqualTo(witnessed ? SkipReason.WITNESSED : null);
    }

    @ParameterizedTest(name = "{0} within {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            198.51.100.7       | 198.51.100.0/24                    | true
            198.51.100.7       | 198.51.100.7                       | true
            198.51.100.7       | 198.51.100.8/31                    | false
            198.51.100.7       | 0.0.0.0/0                          | true
            198.51.100.7       | ::/0                               | false
            198.51.100.7       | 198.51.100.0/24 !198.51.100.7      | false
            198.51.100.8       | 198.51.100.0/24 !198.51.100.7      | true
            198.51.100.7       | 198.51.100.0/24 !198.51.100.0/28 198.51.100.7 | true
            198.51.100.7       | 198.51.100.7 !198.51.100.7         | false
            198.51.100.7       | 198.51.100.7 !198.51.100.0/24      | true
            2001:db8:1:2::9    | 2001:db8::/32                      | true
            2001:db8:1:2::9    | 2001:db8:1:2::1/128                | true
            2001:db8:1:2::9    | 2001:db8:1:3::/64                  | false
            2001:db8:1:2::9    | 2001:db8::/32 !2001:db8:1::/48     | false
            """)
    void sender_inNetwork_isExemptByLongestMatch(String address, String networks, boolean isExempt) {
        List<Exemption> named = List.of(networks.split(" ", -1)).stream()
                .map(name -> name.startsWith("!")
                        ? new Exemption(IpText.parseNetwork(name.substring(1)), false, "a test")
                        : Exemption.of(IpText.parseNetwork(name), "a test"))
                .toList();
        exempt.replaceSource("test", named);
        assertThat(skipReason(address)).isEqualTo(isExempt ? SkipReason.EXEMPT : null);
        IpPrefix origin = IpText.parseHostNetwork(address).orElseThrow();
        assertThat(policy.evaluate(Sender.unseen(origin), T))
                .isInstanceOfSatisfying(Verdict.NotListed.class, verdict -> assertThat(verdict.exempt())
                        .isEqualTo(isExempt));
    }

    @Test
    void sender_onAnAllowlist_isExempt() {
        IpPrefix known = IpText.parseHostNetwork("198.51.100.7").orElseThrow();
        exempt.setAllowlist(origin -> origin.equals(known) ? "listed by dnswl.example" : null);
        assertThat(skipReason("198.51.100.7")).isEqualTo(SkipReason.EXEMPT);
        assertThat(skipReason("198.51.100.8")).isNull();
    }

    @Test
    void sender_inNegatedNetwork_isNotLookedUpInAllowlist() {
        exempt.replaceSource("test", List.of(new Exemption(IpText.parseNetwork("198.51.100.7"), false, "a test")));
        exempt.setAllowlist(origin -> "listed by dnswl.example");
        assertThat(skipReason("198.51.100.7")).isNull();
        assertThat(skipReason("198.51.100.8")).isEqualTo(SkipReason.EXEMPT);
    }

    @Test
    void sender_allowlistUnanswered_isNotScored_andIsNotExempt() {
        exempt.setAllowlist(new Exemption.Allowlist() {
            @Override
            public @Nullable String findReason(IpPrefix origin) {
                return null;
            }

            @Override
            public boolean isUnanswered(IpPrefix origin) {
                return true;
            }
        });
        assertThat(skipReason("198.51.100.7")).isEqualTo(SkipReason.UNANSWERED);
        assertThat(policy.isExempt(IpText.parseHostNetwork("198.51.100.7").orElseThrow()))
                .isFalse();
    }

    @Test
    void sender_exemptAndSeenAtPrimary_isExempt() {
        exempt.replaceSource("test", List.of(Exemption.of(IpText.parseNetwork("198.51.100.7"), "a test")));
        visits.recordVisit(IpText.parseHostNetwork("198.51.100.7").orElseThrow(), T);
        assertThat(skipReason("198.51.100.7")).isEqualTo(SkipReason.EXEMPT);
    }

    @Test
    void session_withoutPoints_hasNoSkipReason() {
        visits.recordVisit(IpText.parseHostNetwork("198.51.100.7").orElseThrow(), T);
        assertThat(SessionFixtures.score(
                                policy, SessionFixtures.of("198.51.100.7", T, Verb.MAIL, 0, Set.of(Trait.RELAY_PROBE)))
                        .skipReason())
                .isNull();
    }

    @Test
    void report_withoutRecipientOfWhichTheDecoyIsTheWorstMx_doesNotMakeTheSessionCount() {
        Sighting first = SessionFixtures.complete("198.51.100.7", T).retainDomains(Set.of());
        SightingScore notCounted = SessionFixtures.score(policy, first);
        assertThat(notCounted.skipReason()).isEqualTo(SkipReason.NOT_WORST_MX);
        assertThat(notCounted.score()).isEqualTo(SenderScore.NONE);
        assertThat(notCounted.sessionPoints())
                .as("another recipient may follow")
                .isZero();
    }

    @Test
    void laterReport_withoutNewRecipients_addsToASessionThatCounts() {
        Sighting end = SessionFixtures.of("198.51.100.7", T, Verb.DATA, 1, Set.of(Trait.NO_QUIT))
                .retainDomains(Set.of());
        IpPrefix origin = IpPrefix.hostNetworkOf(end.address());
        Sender sender = new Sender(origin, T, T, 1, 1, Set.of(), Set.of(), List.of(SenderScore.NONE));
        SightingScore more = policy.score(end, 10, sender, SenderScore.NONE);
        assertThat(more.skipReason()).isNull();
        assertThat(more.sessionPoints()).isGreaterThan(10);
    }

    @Test
    void sender_beforeAllExemptNetworksAreKnown_isNotScored() {
        exempt.setCompleteness(() -> false);
        assertThat(skipReason("198.51.100.7")).isEqualTo(SkipReason.SPF_UNKNOWN);
        exempt.setCompleteness(() -> true);
        assertThat(skipReason("198.51.100.7")).isNull();
    }
}
