package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    private static final Instant T = Instant.parse("2026-01-01T14:02:03Z");
    private static final long AT = T.getEpochSecond();
    private static final Duration TTL = Duration.ofHours(24);
    private static final IpPrefix ORIGIN =
            IpText.parseHostNetwork("198.51.100.7").orElseThrow();

    private final ExemptNetworks exempt = new ExemptNetworks();
    private final PolicySettings settings = PolicyFixtures.settings(PolicyMode.ENFORCE, TTL);
    private final TrustRules rules = new TrustRules(TrustSettings.DEFAULTS);
    private final Policy policy = withTexts(PolicyFixtures.UNKNOWN_SITE);

    private Policy withTexts(SiteTexts site) {
        return new Policy(
                settings,
                exempt,
                new PrimaryVisits(),
                PolicyFixtures.outages(Duration.ZERO),
                new DeliveryAttempts(0),
                PolicyFixtures.trustIndex(rules, 10),
                site);
    }

    private static Sender sender(
            long conversations, SenderScore score, Set<Trait> traits, Set<SkipReason> skipReasons) {
        return new Sender(ORIGIN, T, T, 3, conversations, traits, skipReasons, List.of(score));
    }

    private static SenderScore score(double points, int offences) {
        return new SenderScore(points, AT, offences, AT, AT + TTL.toSeconds(), 0);
    }

    private static Sender caughtOnce() {
        return sender(1, score(10, 1), Set.of(), Set.of());
    }

    private void decide(Tier tier, String reason) {
        long until = tier == Tier.NONE ? 0 : AT + 600;
        policy.trust().decide(ORIGIN, new ManualDecision(tier, AT, until, reason));
    }

    @Test
    void suspect_saysWhatWasDone_whatHappens_andWhatEndsIt() {
        Policy site = withTexts(SiteTexts.of(
                "mx9.example.org",
                List.of("example.org"),
                new ExplainTemplate("Questions? Write to postmaster@example.org about {address} ({tier}).")));
        assertThat(site.evaluate(sender(1, score(11, 1), EnumSet.of(Trait.NO_QUIT), Set.of()), T))
                .isEqualTo(new Listed(
                        Tier.SUSPECT,
                        T,
                        T.plus(TTL),
                        List.of(
                                "On 2026-01-01 at 14:02 UTC this address offered mail for example.org to our trap"
                                        + " server (mx9.example.org), which proper mail servers use only when our real"
                                        + " one does not answer.",
                                "Mail from it is deferred, not rejected, until 2026-01-02 14:02 UTC or until it retries"
                                        + " at our real server, as mail servers do.",
                                "It completed a conversation for a protected recipient, once; it was last seen on"
                                        + " 2026-01-01 at 14:02 UTC.",
                                "Also noted: it left without QUIT.",
                                "Questions? Write to postmaster@example.org about 198.51.100.7 (suspect).")));
    }

    @Test
    void listedAgain_namesEarlierListings() {
        assertThat(policy.evaluate(sender(3, score(15, 3), Set.of(), Set.of()), T)
                        .reasons())
                .contains("It was listed 2 times before.");
    }

    @Test
    void listingExpired_namesTheExpiry() {
        Verdict verdict = policy.evaluate(sender(2, score(10, 1), Set.of(), Set.of()), T.plus(TTL));
        assertThat(verdict)
                .isEqualTo(new NotListed(
                        false,
                        Tier.NONE,
                        List.of(
                                "It was listed from 2026-01-01 14:02 UTC to 2026-01-02 14:02 UTC.",
                                "It completed a conversation for a protected recipient, 2 times; it was last seen on"
                                        + " 2026-01-01 at 14:02 UTC.")));
    }

    @Test
    void fewPoints_areCompared_onlyIfTheyAreTooFew() {
        SenderScore few = new SenderScore(4, AT, 0, 0, 0, 0);
        SenderScore enough = new SenderScore(9.99, AT, 0, 0, 0, 0);
        assertThat(policy.evaluate(sender(1, few, Set.of(), Set.of()), T).reasons())
                .contains("It has 4 points; a sender is listed at 10.");
        assertThat(policy.evaluate(sender(1, enough, Set.of(), Set.of()), T).reasons())
                .noneMatch(sentence -> sentence.contains("points"));
    }

    @Test
    void neverListed_namesSkipReasons() {
        Verdict verdict = policy.evaluate(sender(0, SenderScore.NONE, Set.of(), EnumSet.allOf(SkipReason.class)), T);
        assertThat(verdict.reasons())
                .contains(
                        "It came to our trap server, but never completed a conversation for a protected recipient, and"
                                + " only that counts; it was last seen on 2026-01-01 at 14:02 UTC.",
                        "Some of its sessions were not scored because its address was exempt.",
                        "Some of its sessions were not scored because a primary MX had just put it off, with the same"
                                + " recipient or the same message.",
                        "Some of its sessions were not scored because a primary MX was down.",
                        "Some of its sessions were not scored because an allowlist did not answer.",
                        "Some of its sessions were not scored because DNS did not say that the decoy is the worst MX of"
                                + " a recipient's domain.",
                        "Some of its sessions were not scored because the SPF records of known good senders had not"
                                + " been found yet.",
                        "Some of its sessions were not scored because a primary MX had accepted its mail on many days"
                                + " before.");
    }

    @Test
    void listedByHand_saysSo_withTheReason() {
        decide(Tier.CONFIRMED, "Sends to our spam traps.");
        assertThat(policy.evaluate(Sender.unseen(ORIGIN), T))
                .isEqualTo(new Listed(
                        Tier.CONFIRMED,
                        T,
                        T.plusSeconds(600),
                        List.of(
                                "On 2026-01-01 at 14:02 UTC this address was listed by hand: Sends to our spam traps.",
                                "Mail from it is rejected until 2026-01-01 14:12 UTC.",
                                "It was never seen here.")));
        assertThat(policy.evaluate(Sender.unseen(ORIGIN), T.plusSeconds(600)).reasons())
                .first()
                .isEqualTo("It was listed by hand: Sends to our spam traps, from 2026-01-01 14:02 UTC to"
                        + " 2026-01-01 14:12 UTC.");
    }

    @Test
    void clearedByHand_saysUntilWhen() {
        decide(Tier.CLEARED, "");
        Verdict verdict = policy.evaluate(caughtOnce(), T);
        assertThat(verdict.tier()).isEqualTo(Tier.CLEARED);
        assertThat(verdict.reasons())
                .first()
                .isEqualTo("On 2026-01-01 at 14:02 UTC it was decided by hand that this address is not listed. This"
                        + " ends on 2026-01-01 14:12 UTC.");
    }

    private String clearedReason(RetryProof proof) {
        policy.trust().forget(ORIGIN);
        policy.trust().load(ORIGIN, TrustState.UNKNOWN.withFirstCatch(AT).withProof(proof));
        return policy.evaluate(caughtOnce(), T.plusSeconds(600)).reasons().get(0);
    }

    @Test
    void clearedByARetry_saysWhoTriedAgain() {
        String what = " tried again at our real server what had been deferred, as mail servers do. So it is not listed,"
                + " whatever it offers to our trap server, until 2026-01-02 14:12 UTC.";
        RetryProof proof = RetryProof.NONE.withClearing(7, AT + 600, true, TrustSettings.DEFAULTS);
        assertThat(clearedReason(proof)).isEqualTo("On 2026-01-01 at 14:12 UTC this address" + what);
        assertThat(clearedReason(proof.provedByNeighbor(AT + 600)))
                .isEqualTo("On 2026-01-01 at 14:12 UTC another address in its network" + what);
    }

    @Test
    void clearingThatEnded_saysWhoTriedAgain_ifThatIsKnown() {
        String what = " tried again what had been deferred, as mail servers do; so it is not listed.";
        TrustSettings days = TrustSettings.DEFAULTS;
        RetryProof proof = RetryProof.NONE.withClearing(7, AT - 2 * 86_400, true, days);
        assertThat(clearedReason(proof)).isEqualTo("On 2025-12-30 at 14:02 UTC it" + what);
        assertThat(clearedReason(proof.provedByNeighbor(AT - 2 * 86_400)))
                .isEqualTo("On 2025-12-30 at 14:02 UTC another address in its network" + what);
        assertThat(clearedReason(proof.withReturn(AT, days)))
                .isEqualTo("On 2026-01-01 at 14:02 UTC it, or another address in its network," + what);
    }

    @Test
    void forgottenByHand_saysWhy() {
        decide(Tier.NONE, "a mistake");
        assertThat(policy.evaluate(sender(1, SenderScore.NONE, Set.of(), Set.of()), T))
                .isEqualTo(new NotListed(
                        false,
                        Tier.NONE,
                        List.of(
                                "On 2026-01-01 at 14:02 UTC it was taken off the list by hand: a mistake. What it did"
                                        + " before does not count any more.",
                                "It completed a conversation for a protected recipient, once; it was last seen on"
                                        + " 2026-01-01 at 14:02 UTC.")));
    }

    @Test
    void neighbor_isToldThatItIsOne() {
        Verdict verdict =
                policy.evaluateNeighbor(Sender.unseen(ORIGIN), "198.51.100.0/24", T, T.plus(TTL), T.plusSeconds(60));
        assertThat(verdict)
                .isEqualTo(new Listed(
                        Tier.SUSPECT,
                        T,
                        T.plus(TTL),
                        List.of(
                                "Other addresses in its network 198.51.100.0/24 offered mail to our trap server, so the"
                                        + " whole network is listed since 2026-01-01 14:02 UTC; this address is only"
                                        + " their neighbor.",
                                "Mail from it is deferred, not rejected, until 2026-01-02 14:02 UTC or until it retries"
                                        + " at our real server, as mail servers do.",
                                "It was never seen here.")));
    }

    @Test
    void lineOfTheSite_isPrintableAscii_ofAtMost200Characters() {
        assertThat(new ExplainTemplate(" !~ about {address} ({tier}). ").format("192.0.2.1", Tier.SUSPECT))
                .isEqualTo("!~ about 192.0.2.1 (suspect).");
        assertThat(new ExplainTemplate("x".repeat(200)).format("192.0.2.1", Tier.SUSPECT))
                .hasSize(200);
        assertThat(new ExplainTemplate("x".repeat(190) + " {address}").format("192.0.2.1", Tier.SUSPECT))
                .hasSize(200);
        assertThat(new ExplainTemplate("x".repeat(190) + " {address}").format("192.0.2.10", Tier.SUSPECT))
                .as("too long with the address")
                .isEmpty();
        for (String line :
                List.of("x".repeat(201), "a\u007fb", "a\u001fb", "\u00e9", "a\"b", "a\\b", "a$b", "{", "}", "{host}")) {
            assertThatThrownBy(() -> new ExplainTemplate(line))
                    .as(line)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("not " + ExplainTemplateFormat.EXPECTED);
        }
    }

    @Test
    void neighbor_isToldWhatItDid() {
        Sender seen = sender(1, score(10, 1), EnumSet.of(Trait.TALKS_ON), EnumSet.of(SkipReason.OUTAGE));
        assertThat(policy.evaluateNeighbor(seen, "198.51.100.0/24", T, T.plus(TTL), T)
                        .reasons())
                .endsWith(
                        "It completed a conversation for a protected recipient, once; it was last seen on 2026-01-01 at"
                                + " 14:02 UTC.",
                        "Also noted: it sent the message although it had been refused.",
                        "Some of its sessions were not scored because a primary MX was down.");
    }

    @Test
    void caughtWithoutAListing_saysNothingOfAReturn() {
        policy.trust()
                .load(
                        ORIGIN,
                        new TrustState(AT, Listing.NONE, RetryProof.NONE, EnvelopeMemory.EMPTY, EnvelopeMemory.EMPTY));
        assertThat(policy.evaluate(Sender.unseen(ORIGIN), T).reasons()).containsExactly("It was never seen here.");
    }

    @Test
    void networkListedByHandAsConfirmed_isDeferred_withItsNeighbors() {
        IpPrefix host = IpText.parseHostNetwork("2001:db8:1:2::8").orElseThrow();
        policy.trust().decide(host.neighborhood(), new ManualDecision(Tier.CONFIRMED, AT, AT + 600, "spam"));
        Verdict network = policy.evaluate(Sender.unseen(host.neighborhood()), T);
        assertThat(network.tier()).isEqualTo(Tier.SUSPECT);
        assertThat(network.reasons()).contains("Mail from it is deferred, not rejected, until 2026-01-01 14:12 UTC.");
        assertThat(policy.evaluateNeighbor(Sender.unseen(host), "2001:db8:1:2::/64", T, T.plusSeconds(600), T)
                        .reasons())
                .startsWith("Its network 2001:db8:1:2::/64 was listed by hand since 2026-01-01 14:02 UTC; mail from it"
                        + " is deferred, not rejected, until 2026-01-01 14:12 UTC.");
    }

    @Test
    void suspectThatRelapsed_needsARetryOfADeferralAtTheRealServer() {
        Listing relapsed = new Listing(Tier.SUSPECT, AT, AT + 600, 1, false);
        policy.trust().load(ORIGIN, TrustState.UNKNOWN.withFirstCatch(AT).withListing(relapsed));
        assertThat(policy.evaluate(caughtOnce(), T).reasons())
                .contains("Mail from it is deferred, not rejected, until 2026-01-01 14:12 UTC or until it retries, some"
                        + " time later, what our real server itself has deferred.");
    }

    @Test
    void listingAfterItWasForgottenByHand_isNotExplainedByThat() {
        decide(Tier.NONE, "a mistake");
        Listing later = new Listing(Tier.SUSPECT, AT + 60, AT + 600, 0, false);
        policy.trust().forget(ORIGIN);
        policy.trust().load(ORIGIN, TrustState.UNKNOWN.withFirstCatch(AT + 60).withListing(later));
        assertThat(policy.evaluate(caughtOnce(), T.plusSeconds(600)).reasons())
                .contains("It was listed from 2026-01-01 14:03 UTC to 2026-01-01 14:12 UTC.")
                .noneMatch(reason -> reason.contains("taken off"));
    }

    @Test
    void neighbor_whoseNetworkIsNotListedAnyMore_isNotListedForItsVisit() {
        Listing ofNetwork = new Listing(Tier.SUSPECT, AT, AT + TTL.toSeconds(), 0, false);
        policy.trust().recordVisit(new TrustVisit(ORIGIN, AT + 60, 7, false, VisitResult.ASKED, true), ofNetwork);
        assertThat(policy.findListing(Sender.unseen(ORIGIN), T.plusSeconds(60))).isNull();
        assertThat(policy.evaluate(Sender.unseen(ORIGIN), T.plusSeconds(60)))
                .isEqualTo(new NotListed(false, Tier.NONE, List.of("It was never seen here.")));
    }

    @Test
    void exempt_knownOrUnknown_namesTheReason() {
        exempt.replaceSource(
                "test", List.of(Exemption.of(IpText.parseNetwork("198.51.100.0/24"), "a network of example.com")));
        NotListed verdict = new NotListed(true, Tier.NONE, List.of("Its address is exempt: a network of example.com."));
        assertThat(policy.evaluate(caughtOnce(), T)).isEqualTo(verdict);
        assertThat(policy.evaluate(Sender.unseen(ORIGIN), T)).isEqualTo(verdict);
    }

    @Test
    void unknown_isNeverSeen() {
        assertThat(policy.evaluate(Sender.unseen(ORIGIN), T))
                .isEqualTo(new NotListed(false, Tier.NONE, List.of("It was never seen here.")));
    }

    private static Sender caughtBy(int nodes) {
        Sender one = caughtOnce();
        return new Sender(ORIGIN, T, T, 3, 3, Set.of(), Set.of(), one.scores(), nodes);
    }

    @Test
    void senderThatAnotherNodeCaught_isExplainedWithoutTheNameOfThisOne() {
        Policy site = withTexts(SiteTexts.of("mx9.example.org", List.of("example.org"), ExplainTemplate.NONE));
        TrustState caught = rules.fromOldListing(AT, AT + 600, AT);
        site.trust().putRemote("west", ORIGIN, caught);
        assertThat(site.evaluate(caughtBy(2), T).reasons())
                .contains("On 2026-01-01 at 14:02 UTC this address offered mail for one of our domains to one of our"
                        + " trap servers, which proper mail servers use only when our real one does not answer.")
                .contains("It completed a conversation for a protected recipient, 3 times at 2 trap servers; it was"
                        + " last seen on 2026-01-01 at 14:02 UTC.");
    }

    @Test
    void senderThatTooFewNodesCaught_isNotListed_unlessByHand() {
        PolicySettings two = new PolicySettings(
                settings.mode(),
                settings.threshold(),
                settings.halfLife(),
                settings.ttl(),
                settings.maxTtl(),
                settings.forgiveAfter(),
                0,
                settings.weights(),
                2);
        Policy shared = PolicyFixtures.of(two, exempt);
        assertThat(shared.isListed(caughtBy(1), T)).isFalse();
        assertThat(shared.isInListedTier(caughtBy(1), T)).isTrue();
        assertThat(shared.tier(caughtBy(1), T)).isEqualTo(Tier.NONE);
        assertThat(shared.evaluate(caughtBy(1), T).reasons())
                .contains("On 2026-01-01 at 14:02 UTC this address offered mail for one of our domains to our trap"
                        + " server. It is listed as soon as 2 of our trap servers have caught it; until then, this"
                        + " does not count.");
        assertThat(shared.isListed(caughtBy(2), T)).isTrue();
        assertThat(shared.tier(caughtBy(2), T)).isEqualTo(Tier.SUSPECT);
        shared.trust().decide(ORIGIN, new ManualDecision(Tier.SUSPECT, AT, AT + 600, ""));
        assertThat(shared.isListed(caughtBy(1), T)).isTrue();
    }
}
