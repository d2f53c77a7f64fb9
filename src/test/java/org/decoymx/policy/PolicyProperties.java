package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.decoymx.net.IpText;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;

class PolicyProperties {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final long MONTHS = 100 * 86_400L;
    private static final String ADDRESS = "198.51.100.7";
    private static final Duration TTL = Duration.ofHours(24);

    private final Policy policy = PolicyFixtures.enforcing(TTL);

    /** A session, some seconds after T. */
    record Step(long second, Verb deepest, int recipients, Set<Trait> traits) {

        Instant at() {
            return T.plusSeconds(second);
        }
    }

    private static Sender unknown(String address) {
        return new Sender(
                IpText.parseHostNetwork(address).orElseThrow(),
                T,
                T,
                0,
                0,
                Set.of(),
                Set.of(),
                List.of(SenderScore.NONE));
    }

    private static Sender after(Policy policy, Sender before, Step step, String address) {
        return SessionFixtures.after(
                policy,
                before,
                SessionFixtures.of(address, step.at(), step.deepest(), step.recipients(), step.traits()));
    }

    @Property
    void exemptSender_isNeverListed(
            @ForAll("steps") List<Step> steps,
            @ForAll("exemptAddresses") String address,
            @ForAll("steps") List<Step> evaluations) {
        ExemptNetworks exempt = new ExemptNetworks();
        exempt.replaceSource(
                "test",
                List.of(
                        Exemption.of(IpText.parseNetwork("198.51.100.0/24"), "a test"),
                        Exemption.of(IpText.parseNetwork("2001:db8::/32"), "a test")));
        Policy exempting = PolicyFixtures.of(PolicyFixtures.settings(PolicyMode.ENFORCE, TTL), exempt);
        Sender sender = unknown(address);
        for (Step step : steps) {
            sender = after(exempting, sender, step, address);
            assertThat(exempting.isListed(sender, step.at())).isFalse();
            assertThat(sender.latestScore()).isEqualTo(SenderScore.NONE);
        }
        for (Step evaluation : evaluations) {
            assertThat(exempting.evaluate(sender, evaluation.at())).isInstanceOf(Verdict.NotListed.class);
        }
    }

    @Property
    void sender_exemptAfterListing_isNotListed(@ForAll("steps") List<Step> steps) {
        ExemptNetworks exempt = new ExemptNetworks();
        Policy exempting = PolicyFixtures.of(PolicyFixtures.settings(PolicyMode.ENFORCE, TTL), exempt);
        Sender sender = unknown(ADDRESS);
        for (Step step : steps) {
            sender = after(exempting, sender, step, ADDRESS);
        }
        exempt.replaceSource("test", List.of(Exemption.of(IpText.parseNetwork(ADDRESS), "a test")));
        for (Step step : steps) {
            assertThat(exempting.isListed(sender, step.at())).isFalse();
        }
    }

    @Property
    void foreignRecipients_areNeverScored(@ForAll("foreignSteps") List<Step> steps) {
        Sender sender = unknown(ADDRESS);
        for (Step step : steps) {
            sender = after(policy, sender, step, ADDRESS);
        }
        assertThat(sender.latestScore()).isEqualTo(SenderScore.NONE);
    }

    @Property
    void points_withoutSession_neverGrow(
            @ForAll("steps") List<Step> steps, @ForAll("seconds") long one, @ForAll("seconds") long other) {
        Sender sender = unknown(ADDRESS);
        for (Step step : steps) {
            sender = after(policy, sender, step, ADDRESS);
        }
        double earlier = policy.points(sender, T.plusSeconds(Math.min(one, other)));
        double later = policy.points(sender, T.plusSeconds(Math.max(one, other)));
        assertThat(later).isLessThanOrEqualTo(earlier).isGreaterThanOrEqualTo(0);
    }

    @Property
    void listedUntil_anySessions_growsWithinBounds(@ForAll("steps") List<Step> steps) {
        Sender sender = unknown(ADDRESS);
        for (Step step : steps) {
            SenderScore before = sender.latestScore();
            sender = after(policy, sender, step, ADDRESS);
            SenderScore now = sender.latestScore();
            assertThat(now.listedUntil()).isGreaterThanOrEqualTo(before.listedUntil());
            assertThat(now.offences()).isBetween(0, before.offences() + 1);
            if (now.listedUntil() > before.listedUntil()) {
                assertThat(now.listedUntil() - step.at().getEpochSecond())
                        .isBetween(TTL.toSeconds(), policy.settings().maxTtl().toSeconds());
                assertThat(policy.isListed(sender, step.at())).isTrue();
            }
        }
    }

    @Property
    void listing_expired_withoutSession_staysExpired(
            @ForAll("steps") List<Step> steps, @ForAll("seconds") long one, @ForAll("seconds") long other) {
        Sender sender = unknown(ADDRESS);
        for (Step step : steps) {
            sender = after(policy, sender, step, ADDRESS);
        }
        boolean earlier = policy.isListed(sender, T.plusSeconds(Math.min(one, other)));
        boolean later = policy.isListed(sender, T.plusSeconds(Math.max(one, other)));
        assertThat(later && !earlier).isFalse();
    }

    @Property
    void session_withMoreTraits_hasNoFewerPoints(@ForAll("step") Step step, @ForAll Trait trait) {
        Set<Trait> more = EnumSet.noneOf(Trait.class);
        more.addAll(step.traits());
        more.add(trait);
        double less = SessionFixtures.score(
                        policy, SessionFixtures.of(ADDRESS, T, step.deepest(), step.recipients(), step.traits()))
                .sessionPoints();
        assertThat(SessionFixtures.score(
                                policy, SessionFixtures.of(ADDRESS, T, step.deepest(), step.recipients(), more))
                        .sessionPoints())
                .isGreaterThanOrEqualTo(less);
    }

    @Provide
    Arbitrary<String> exemptAddresses() {
        return Arbitraries.of("198.51.100.0", "198.51.100.255", "2001:db8::1", "2001:db8:ffff:ffff::2");
    }

    @Provide
    Arbitrary<Long> seconds() {
        return Arbitraries.longs().between(0, MONTHS);
    }

    @Provide
    Arbitrary<Step> step() {
        return steps(Arbitraries.integers().between(0, 3), Arbitraries.of(Trait.class));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return step().list().ofMaxSize(20).map(PolicyProperties::inOrder);
    }

    @Provide
    Arbitrary<List<Step>> foreignSteps() {
        return steps(Arbitraries.just(0), Arbitraries.of(Trait.class))
                .list()
                .ofMaxSize(20)
                .map(PolicyProperties::inOrder);
    }

    private static List<Step> inOrder(List<Step> steps) {
        return steps.stream().sorted(Comparator.comparingLong(Step::second)).toList();
    }

    private Arbitrary<Step> steps(Arbitrary<Integer> recipients, Arbitrary<Trait> traits) {
        return Combinators.combine(seconds(), Arbitraries.of(Verb.class), recipients, traits.set())
                .as((second, deepest, protectedRecipients, sessionTraits) ->
                        new Step(second, deepest, protectedRecipients, EnumSet.copyOf(withRelayProbe(sessionTraits))));
    }

    /** EnumSet.copyOf does not accept an empty collection. */
    private static Set<Trait> withRelayProbe(Set<Trait> sessionTraits) {
        Set<Trait> traits = EnumSet.of(Trait.RELAY_PROBE);
        traits.addAll(sessionTraits);
        return traits;
    }
}
