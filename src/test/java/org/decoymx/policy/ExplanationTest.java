package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.Verdict.Listed;
import org.decoymx.policy.Verdict.NotListed;
import org.decoymx.smtp.protocol.Trait;
import org.junit.jupiter.api.Test;

/** The sentences that explain a verdict. */
class ExplanationTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration TTL = Duration.ofHours(24);
    private static final IpPrefix ORIGIN =
            IpText.parseHostNetwork("198.51.100.7").orElseThrow();

    private final ExemptNetworks exempt = new ExemptNetworks();
    private final Policy policy = PolicyFixtures.of(PolicyFixtures.settings(PolicyMode.ENFORCE, TTL), exempt);

    private static Sender sender(
            long conversations, SenderScore score, Set<Trait> traits, Set<SkipReason> skipReasons) {
        return new Sender(ORIGIN, T, T, 3, conversations, traits, skipReasons, List.of(score));
    }

    private static SenderScore score(double points, int offences) {
        long at = T.getEpochSecond();
        return new SenderScore(points, at, offences, at, at + TTL.toSeconds(), 0);
    }

    @Test
    void listed_namesConversationsTraitsAndPoints() {
        Verdict verdict = policy.evaluate(sender(1, score(11, 1), EnumSet.of(Trait.NO_QUIT), Set.of()), T);
        assertThat(verdict)
                .isEqualTo(new Listed(
                        T,
                        T.plus(TTL),
                        List.of(
                                "It came to the decoy MX and completed a conversation for a protected recipient, once,"
                                        + " last seen at 2026-01-01T00:00:00Z.",
                                "Also noted: it left without QUIT.",
                                "It reached the threshold of 10 points; points were last added at 2026-01-01T00:00:00Z,"
                                        + " and it has 11 now.")));
    }

    @Test
    void listedAgain_namesEarlierListings() {
        assertThat(policy.evaluate(sender(3, score(15, 3), Set.of(), Set.of()), T)
                        .reasons())
                .contains("It was listed 2 times before, and is listed for longer each time.");
    }

    @Test
    void listingExpired_namesTheExpiry() {
        Verdict verdict = policy.evaluate(sender(2, score(10, 1), Set.of(), Set.of()), T.plus(TTL));
        assertThat(verdict)
                .isEqualTo(new NotListed(
                        false,
                        List.of(
                                "It was listed at 2026-01-01T00:00:00Z, and the listing expired at"
                                        + " 2026-01-02T00:00:00Z.",
                                "It came to the decoy MX and completed a conversation for a protected recipient,"
                                        + " 2 times, last seen at 2026-01-01T00:00:00Z.",
                                "It has 5 points; the threshold is 10.")));
    }

    @Test
    void neverListed_namesPointsAndSkipReasons() {
        Verdict verdict = policy.evaluate(sender(0, SenderScore.NONE, Set.of(), EnumSet.allOf(SkipReason.class)), T);
        assertThat(verdict.reasons())
                .containsExactly(
                        "It came to the decoy MX, but never completed a conversation for a protected recipient.",
                        "It has 0 points; the threshold is 10.",
                        "Some of its sessions were not scored because its address was exempt.",
                        "Some of its sessions were not scored because it or its network had been seen at a primary MX"
                                + " before.",
                        "Some of its sessions were not scored because a primary MX was down.",
                        "Some of its sessions were not scored because an allowlist did not answer.",
                        "Some of its sessions were not scored because DNS did not say that the decoy is the worst MX of"
                                + " a recipient's domain.",
                        "Some of its sessions were not scored because the SPF records of known good senders had not"
                                + " been found yet.");
    }

    @Test
    void exempt_knownOrUnknown_namesTheReason() {
        exempt.replaceSource(
                "test", List.of(Exemption.of(IpText.parseNetwork("198.51.100.0/24"), "a network of example.com")));
        NotListed verdict = new NotListed(true, List.of("Its address is exempt: a network of example.com."));
        assertThat(policy.evaluate(sender(1, score(10, 1), Set.of(), Set.of()), T))
                .isEqualTo(verdict);
        assertThat(policy.evaluateUnknown(ORIGIN)).isEqualTo(verdict);
    }

    @Test
    void unknown_isNeverSeen() {
        assertThat(policy.evaluateUnknown(ORIGIN)).isEqualTo(new NotListed(false, List.of("It was never seen here.")));
    }
}
