package org.decoymx.policy;

import static org.assertj.core.api.Assertions.assertThat;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The bounds and the compact form of a state. */
class TrustStateProperties {
    private static final long T = 1_767_225_600L;

    private final TrustRules rules = new TrustRules(TrustSettings.DEFAULTS);

    @Property
    void state_anySequence_staysWithinItsBounds(
            @ForAll("steps") List<TrustStep> steps, @ForAll("jumps") List<Long> jumps) {
        TrustState state = TrustState.UNKNOWN;
        long at = T;
        for (int i = 0; i < steps.size(); i++) {
            TrustStep step = steps.get(i);
            at += jumps.isEmpty() ? step.after() : jumps.get(i % jumps.size());
            LongList envelopes = new LongArrayList();
            for (long n = 0; n <= i % 5; n++) {
                envelopes.add(step.envelope() * 0x9e37_79b9_7f4a_7c15L * (n + 1) + i);
            }
            state = step.isCatch()
                    ? rules.recordCatch(state, step.caught(at, envelopes)).state()
                    : step.applyTo(rules, state, at);
            for (EnvelopeMemory memory : List.of(state.caught(), state.deferred())) {
                assertThat(memory.entries()).hasSizeLessThanOrEqualTo(16);
                assertThat(memory.entries())
                        .extracting(RememberedEnvelope::hash)
                        .doesNotHaveDuplicates();
            }
            byte[] octets = state.encode();
            assertThat(octets).hasSizeLessThanOrEqualTo(TrustState.MAX_OCTETS);
            assertThat(TrustState.decode(octets)).isEqualTo(state);
        }
    }

    @Property
    void decode_damagedState_givesAStateOrSaysWhyNot(@ForAll byte[] damage, @ForAll("steps") List<TrustStep> steps) {
        byte[] octets = after(steps, TrustState.UNKNOWN).encode();
        for (int i = 0; i < damage.length; i++) {
            octets[Math.floorMod(damage[i] * 31 + i, octets.length)] ^= (byte) (1 << (i % 8));
        }
        assertIsDecodedOrRefused(octets);
        assertIsDecodedOrRefused(damage);
    }

    private static void assertIsDecodedOrRefused(byte[] octets) {
        try {
            TrustState decoded = TrustState.decode(octets);
            assertThat(TrustState.decode(decoded.encode())).isEqualTo(decoded);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageMatching("(version .*|.*trust state.*|.*envelope memory.*)");
        }
    }

    @Property
    void merge_anyOrder_isTheSame(
            @ForAll("steps") List<TrustStep> one, @ForAll("steps") List<TrustStep> other, @ForAll boolean byHand) {
        TrustState first = after(one, TrustState.UNKNOWN);
        TrustState second = after(
                other, byHand ? rules.setByHand(TrustState.UNKNOWN, Tier.CONFIRMED, T, T + 5) : TrustState.UNKNOWN);
        TrustState merged = first.mergedWith(second);
        assertThat(second.mergedWith(first)).isEqualTo(merged);
        assertThat(merged.mergedWith(first)).isEqualTo(merged);
        assertThat(merged.mergedWith(second)).isEqualTo(merged);
        assertThat(TrustState.decode(merged.encode())).isEqualTo(merged);
    }

    private TrustState after(List<TrustStep> steps, TrustState before) {
        TrustState state = before;
        long at = T;
        for (TrustStep step : steps) {
            at += step.after();
            state = step.applyTo(rules, state, at);
        }
        return state;
    }

    @Provide
    Arbitrary<List<TrustStep>> steps() {
        return TrustStep.arbitrary(1_000).list().ofMaxSize(100);
    }

    /** Also backwards, as log lines may come late. */
    @Provide
    Arbitrary<List<Long>> jumps() {
        return Arbitraries.longs().between(-3_600, 2 * NaiveTrust.DAY).list().ofMaxSize(10);
    }
}
