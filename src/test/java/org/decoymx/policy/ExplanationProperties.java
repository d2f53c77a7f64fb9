package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;

/** The sentences of a verdict agree with its fields, whatever the sender did. */
class ExplanationProperties {
    private static final long T = 1_767_225_600L;
    private static final IpPrefix ORIGIN =
            IpText.parseHostNetwork("198.51.100.7").orElseThrow();
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyy-MM-dd").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm 'UTC'").withZone(ZoneOffset.UTC);

    private final TrustRules rules = new TrustRules(TrustSettings.DEFAULTS);
    private final Policy policy = PolicyFixtures.enforcing(Duration.ofHours(24));

    @Property
    void sentences_anyState_agreeWithTheFields(
            @ForAll("steps") List<TrustStep> steps,
            @ForAll Tier byHand,
            @ForAll boolean decided,
            @ForAll @IntRange(max = 3) int conversations,
            @ForAll @LongRange(max = 40L * 24 * 3_600) long later,
            @ForAll("points") double points) {
        long at = T;
        TrustState state = TrustState.UNKNOWN;
        for (TrustStep step : steps) {
            at += step.after();
            state = step.applyTo(rules, state, at);
        }
        policy.trust().forget(ORIGIN);
        policy.trust().manual().remove(ORIGIN);
        policy.trust().load(ORIGIN, state);
        if (decided) {
            policy.trust().decide(ORIGIN, new ManualDecision(byHand, at, byHand == Tier.NONE ? 0 : at + 3_600, "why"));
        }
        Instant now = Instant.ofEpochSecond(at + later);
        Sender sender = new Sender(
                ORIGIN,
                Instant.ofEpochSecond(T),
                Instant.ofEpochSecond(at),
                3,
                conversations,
                Set.of(),
                Set.of(),
                List.of(new SenderScore(points, at, 0, 0, 0, 0)));
        assertAgrees(policy.evaluate(sender, now), now);
    }

    private void assertAgrees(Verdict verdict, Instant now) {
        TrustState state = policy.trust().find(ORIGIN);
        long second = now.getEpochSecond();
        assertThat(verdict.tier()).isEqualTo(state.tierAt(second));
        String text = String.join(" ", verdict.reasons());
        assertThat(text).doesNotContain("  ").doesNotContain("..");
        if (verdict instanceof Verdict.Listed listed) {
            assertThat(text).contains("until " + format(listed.until(), " "));
            assertThat(listed.reasons()).first().asString().startsWith("On " + format(listed.since(), " at "));
            assertThat(listed.until()).isAfter(now);
            assertThat(text).doesNotContain("not listed", "points", "taken off");
            assertThat(text.contains("is deferred, not rejected, until")).isEqualTo(verdict.tier() == Tier.SUSPECT);
            assertThat(text.contains("is rejected until")).isEqualTo(verdict.tier() == Tier.CONFIRMED);
            assertThat(text.contains("by hand: why")).isEqualTo(state.listing().byHand());
        } else {
            assertThat(text).doesNotContain("Mail from it is");
            assertThat(text.contains("is not listed") && text.contains(format(endOf(state, second), " ")))
                    .as(text)
                    .isEqualTo(verdict.tier() == Tier.CLEARED);
        }
    }

    private static Instant endOf(TrustState state, long second) {
        return Instant.ofEpochSecond(state.tierEndsAt(second));
    }

    private static String format(Instant time, String separator) {
        return DAY.format(time) + separator + TIME.format(time);
    }

    @Provide
    Arbitrary<List<TrustStep>> steps() {
        return TrustStep.arbitrary(6).list().ofMaxSize(40);
    }

    @Provide
    Arbitrary<Double> points() {
        return Arbitraries.of(0.0, 0.04, 4.0, 9.94, 9.96, 9.999, 10.0, 25.0);
    }
}
