package org.decoymx.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;

import it.unimi.dsi.fastutil.longs.LongList;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Verb;
import org.junit.jupiter.api.Test;

/** Of the reports of a session in one batch, only the last is published. */
class SightingMergeTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final SessionFacts FACTS = new SessionFacts(Verb.DATA, Set.of(), "a.example", "", 1, 1, false);

    private static Sighting sighting(Outcome outcome, long... envelopes) {
        List<CaughtEnvelopes> caught = new ArrayList<>();
        for (long envelope : envelopes) {
            caught.add(new CaughtEnvelopes(
                    T.getEpochSecond(), LongList.of(envelope), LongList.of(envelope), List.of("example.org"), false));
        }
        return new Sighting(1, Ip.of("192.0.2.1"), T, FACTS, outcome, caught);
    }

    @Test
    void endOfASession_replacesItsFirstReport_andKeepsItsRefusedTransactions() {
        assertThat(sighting(Outcome.QUIT, 8).replacing(sighting(Outcome.OPEN, 7)))
                .isEqualTo(sighting(Outcome.QUIT, 7, 8));
    }

    @Test
    void refusedTransactions_ofSeveralReports_areBounded() {
        Sighting first = sighting(Outcome.OPEN, new long[CaughtEnvelopes.MAX_OF_REPORT]);
        assertThat(sighting(Outcome.QUIT, 8).replacing(first).caught()).hasSize(CaughtEnvelopes.MAX_OF_REPORT);
    }
}
