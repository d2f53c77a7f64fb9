package org.decoymx.bench;

import static org.assertj.core.api.Assertions.assertThat;

import it.unimi.dsi.fastutil.longs.LongList;
import java.util.Random;
import org.decoymx.policy.CaughtTransaction;
import org.decoymx.policy.EnvelopeVisit;
import org.decoymx.policy.ReportCoverage;
import org.decoymx.policy.TrustRules;
import org.decoymx.policy.TrustSettings;
import org.decoymx.policy.TrustState;
import org.decoymx.policy.VisitResult;
import org.decoymx.sighting.Envelope;
import org.decoymx.sighting.EnvelopeKey;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What one catch and one question of a primary cost for senders with full memories. Prints, and enforces no limit. */
@Tag("bench")
class TrustBenchIT {
    private static final int SENDERS = 1 << 12;
    private static final int ROUNDS = 50;
    private static final long T = 1_767_225_600L;

    private final TrustRules rules = new TrustRules(TrustSettings.DEFAULTS);
    private final EnvelopeKey key = new EnvelopeKey(new byte[EnvelopeKey.OCTETS]);
    private final Random random = new Random(1);
    private final TrustState[] states = new TrustState[SENDERS];
    private static final BenchmarkTable TABLE = new BenchmarkTable(
            "Rules of suspicion and proof",
            "Nanoseconds for a sender whose memories are full, the best of " + ROUNDS + " rounds.");
    private long sink;

    /** One operation on the state of a sender. */
    private interface Operation {
        long run(TrustState state, long at, long envelope);
    }

    private TrustState full() {
        TrustState state = TrustState.UNKNOWN;
        for (int i = 0; i < 40; i++) {
            long envelope = random.nextLong();
            state = rules.recordCatch(state, caught(T + i * 60L, envelope)).state();
            state = rules.recordVisit(state, visit(T + i * 60L + 30, ~envelope)).state();
        }
        return state;
    }

    private static CaughtTransaction caught(long at, long envelope) {
        return new CaughtTransaction(at, LongList.of(envelope), false, true, false, ReportCoverage.COMPLETE);
    }

    private static EnvelopeVisit visit(long at, long envelope) {
        return new EnvelopeVisit(at, envelope, false, VisitResult.ASKED, false, ReportCoverage.COMPLETE, false, false);
    }

    private void measure(String name, Operation operation) {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            for (TrustState state : states) {
                sink += operation.run(state, T + 50_000 + round, sink + round);
            }
            best = Math.min(best, (double) (System.nanoTime() - start) / SENDERS);
        }
        TABLE.atMost(name, best, 2_000);
    }

    @Test
    void rules_fullMemories() {
        for (int i = 0; i < SENDERS; i++) {
            states[i] = full();
        }
        measure("catch of a new envelope", (state, at, envelope) -> rules.recordCatch(state, caught(at, envelope))
                .change()
                .until());
        measure("question of a primary", (state, at, envelope) -> rules.recordVisit(state, visit(at, envelope))
                .change()
                .until());
        measure("encode", (state, at, envelope) -> state.encode().length);
        measure("encode and decode", (state, at, envelope) -> TrustState.decode(state.encode())
                .firstCaughtAt());
        measure(
                "normal form and hash",
                (state, at, envelope) -> key.hash(Envelope.of(
                        "bounce-" + (envelope & 0xff) + "-user=example.org@lists.example.com",
                        "User@example.org",
                        "example.org")));
        assertThat(states).allMatch(state -> state.encode().length <= TrustState.MAX_OCTETS);
        TABLE.atMost("octets of a full state", states[0].encode().length, TrustState.MAX_OCTETS);
    }
}
