package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import it.unimi.dsi.fastutil.longs.LongList;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.smtp.protocol.Trait;
import org.junit.jupiter.api.Test;

/** A first listing waits until the primary MX is known to have been up after the catch. */
class PolicyWaitingTest {
    private static final Instant T = Instant.parse("2026-01-10T00:00:00Z");
    private static final IpPrefix ORIGIN =
            IpText.parseHostNetwork("198.51.100.7").orElseThrow();

    private final OutageWindows outages = PolicyFixtures.outages(Duration.ZERO);
    private final Policy policy = PolicyFixtures.of(
            PolicyFixtures.settings(PolicyMode.ENFORCE, Duration.ofDays(1)),
            new ExemptNetworks(),
            new PrimaryVisits(),
            outages);

    private void catchAt(Instant at, long envelope) {
        TrustState state = policy.trust().find(ORIGIN);
        TrustOutcome outcome = new TrustRules(TrustSettings.DEFAULTS)
                .recordCatch(
                        state,
                        new CaughtTransaction(
                                at.getEpochSecond(),
                                LongList.of(envelope),
                                false,
                                true,
                                false,
                                ReportCoverage.COMPLETE));
        policy.trust().forget(ORIGIN);
        policy.trust().load(ORIGIN, outcome.state());
    }

    private static Sender sender() {
        return new Sender(ORIGIN, T, T, 1, 1, Set.of(), Set.of(), List.of(SenderScore.NONE));
    }

    private boolean isListed(Instant now) {
        return policy.isListed(sender(), now);
    }

    private void probeAt(Instant begun) {
        outages.waitingListings().verify(begun.getEpochSecond());
    }

    @Test
    void firstCatch_waits_andIsListedAfterAGoodProbe() {
        probeAt(T.minusSeconds(20));
        catchAt(T, 1);
        Instant now = T.plusSeconds(1);
        assertThat(isListed(now)).isFalse();
        assertThat(policy.tier(sender(), now)).isEqualTo(Tier.NONE);
        assertThat(policy.evaluate(sender(), now)).isInstanceOf(Verdict.NotListed.class);
        assertThat(policy.evaluate(sender(), now).reasons())
                .anyMatch(reason -> reason.contains("It is listed as soon as "));
        Sender talking = new Sender(ORIGIN, T, T, 1, 1, Set.of(Trait.TALKS_ON), Set.of(), sender().scores());
        assertThat(policy.evaluate(talking, now).reasons())
                .hasSize(3)
                .endsWith(
                        "It completed a conversation for a protected recipient, once; it was last seen on 2026-01-10 at"
                                + " 00:00 UTC.",
                        "Also noted: it sent the message although it had been refused.");
        assertThat(policy.registerIfWaiting(sender(), now)).isTrue();
        assertThat(outages.waitingListings().isProbeWanted(now.getEpochSecond()))
                .isTrue();
        probeAt(now);
        assertThat(isListed(now)).isTrue();
        assertThat(policy.tier(sender(), now)).isEqualTo(Tier.SUSPECT);
        assertThat(policy.registerIfWaiting(sender(), now)).isFalse();
    }

    @Test
    void knownListing_isProlongedWithoutAProbe() {
        probeAt(T.minusSeconds(20));
        catchAt(T, 1);
        probeAt(T.plusSeconds(1));
        Instant later = T.plus(Duration.ofHours(13));
        catchAt(later, 2);
        assertThat(policy.tier(sender(), later)).isEqualTo(Tier.CONFIRMED);
        Listing listing = Objects.requireNonNull(policy.findListing(sender(), later));
        assertThat(listing.since()).isEqualTo(T.getEpochSecond());
        assertThat(listing.until()).isEqualTo(later.plus(Duration.ofDays(2)).getEpochSecond());
    }

    @Test
    void listingAfterTheEndOfAnother_waitsAgain() {
        probeAt(T.minusSeconds(20));
        catchAt(T, 1);
        probeAt(T.plusSeconds(1));
        Instant later = T.plus(Duration.ofDays(3));
        assertThat(isListed(later)).isFalse();
        catchAt(later, 2);
        assertThat(isListed(later)).isFalse();
        probeAt(later.plusSeconds(1));
        assertThat(isListed(later.plusSeconds(1))).isTrue();
    }

    @Test
    void withoutAPrimary_nothingWaits() {
        catchAt(T, 1);
        assertThat(isListed(T)).isTrue();
    }

    @Test
    void tier_isThatOfTheTrustState_orOfThePoints() {
        long second = T.getEpochSecond();
        SenderScore points = new SenderScore(10, second, 1, second, second + 60, 0);
        Sender listed = new Sender(ORIGIN, T, T, 1, 1, Set.of(), Set.of(), List.of(points));
        assertThat(policy.tier(listed, T)).isEqualTo(Tier.SUSPECT);
        assertThat(policy.isInListedTier(listed, T)).isTrue();
        assertThat(policy.isInListedTier(listed, T.plusSeconds(60))).isFalse();
        RetryProof proof = new RetryProof(second, 0, second, second + 60, 1, 0, 0, false);
        policy.trust().load(ORIGIN, TrustState.UNKNOWN.withProof(proof));
        assertThat(policy.tier(listed, T)).isEqualTo(Tier.CLEARED);
        assertThat(policy.isInListedTier(listed, T)).isFalse();
    }

    @Test
    void reason_hasThePointsOfAllNodes_atTheLatest() {
        long second = T.getEpochSecond();
        SenderScore latest = new SenderScore(10, second, 3, second, second + 60, 0);
        SenderScore dayBefore = new SenderScore(5, second - 86_400, 1, 0, 0, 0);
        Sender sender = new Sender(ORIGIN, T, T, 4, 2, Set.of(), Set.of(), List.of(dayBefore, latest));
        assertThat(policy.listingReason(sender)).isEqualTo(new ListingReason(12.5, 3, 2, Set.of()));
        Sender ofOneNode = new Sender(ORIGIN, T, T, 4, 2, Set.of(), Set.of(), List.of(latest));
        assertThat(policy.listingReason(ofOneNode)).isEqualTo(new ListingReason(10, 3, 2, Set.of()));
    }

    @Test
    void reason_saysHowOftenTheSenderWasListedBefore() {
        String first = "It came to the decoy MX and completed a conversation for a protected recipient, once.";
        assertThat(new ListingReason(10, 1, 1, Set.of()).sentences()).containsExactly(first);
        assertThat(new ListingReason(10, 2, 1, Set.of()).sentences())
                .containsExactly(first, "It was listed once before, and is listed for longer each time.");
        assertThat(new ListingReason(10, 3, 0, Set.of(Trait.NO_QUIT)).sentences())
                .containsExactly(
                        "It came to the decoy MX, but never completed a conversation for a protected recipient.",
                        "Also noted: it left without QUIT.",
                        "It was listed 2 times before, and is listed for longer each time.");
        assertThat(new ListingReason(0, 0, 0, Set.of()).sentences()).containsExactly("It was listed by hand.");
        for (ListingReason other : List.of(
                new ListingReason(1, 0, 0, Set.of()),
                new ListingReason(0, 1, 0, Set.of()),
                new ListingReason(0, 0, 1, Set.of()),
                new ListingReason(0, 0, 0, Set.of(Trait.NO_QUIT)))) {
            assertThat(other.sentences()).doesNotContain("It was listed by hand.");
        }
    }

    @Test
    void nobodyIsConfirmed_soonAfterAStart_orInAGraceThatIsTooLong() {
        DeliveryAttempts sinceNow = new DeliveryAttempts(T.getEpochSecond(), 1_024);
        OutageWindows longGrace = PolicyFixtures.outages(Duration.ofHours(12));
        Policy started = PolicyFixtures.of(
                policy.settings(), new ExemptNetworks(), new PrimaryVisits(), longGrace, sinceNow, policy.trust());
        assertThat(started.isSuspectOnly(T.getEpochSecond() + 3_599)).isTrue();
        assertThat(started.isSuspectOnly(T.getEpochSecond() + 3_600)).isFalse();
        longGrace.addOutage("mx1.example.org", T.plusSeconds(3_600));
        longGrace.endOutage(T.plusSeconds(3_601));
        assertThat(started.isSuspectOnly(T.getEpochSecond() + 3_602)).isFalse();
        assertThat(started.isSuspectOnly(T.getEpochSecond() + 7 * 3_600 + 1)).isTrue();
    }
}
