package org.decoymx.bench;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongList;
import java.util.Collections;
import java.util.Random;
import org.decoymx.policy.CaughtTransaction;
import org.decoymx.policy.EnvelopeVisit;
import org.decoymx.policy.ReportCoverage;
import org.decoymx.policy.TrustRules;
import org.decoymx.policy.TrustSettings;
import org.decoymx.policy.TrustState;
import org.decoymx.policy.VisitResult;
import org.decoymx.policy.VisitVerdict;

/** A message to many recipients that the decoy puts off, and that is then retried at the primary. */
final class MultiRecipientSimulation {
    private static final int MESSAGES = 300;
    private static final int RECIPIENTS = 50;
    private static final long RETRY_AFTER = 300;

    private final TrustRules rules = new TrustRules(TrustSettings.DEFAULTS);
    private final Random random = new Random(3);

    /** The percentage of recipients that are deferred once more. */
    double deferredAgain(boolean shuffled) {
        int deferred = 0;
        for (int message = 0; message < MESSAGES; message++) {
            LongList envelopes = new LongArrayList();
            for (int i = 0; i < RECIPIENTS; i++) {
                envelopes.add(random.nextLong());
            }
            CaughtTransaction caught =
                    new CaughtTransaction(TrustWorld.START, envelopes, false, true, false, ReportCoverage.COMPLETE);
            TrustState state = rules.recordCatch(TrustState.UNKNOWN, caught).state();
            if (shuffled) {
                Collections.shuffle(envelopes, random);
            }
            deferred += retry(state, envelopes);
        }
        return 100.0 * deferred / (MESSAGES * RECIPIENTS);
    }

    private int retry(TrustState first, LongList envelopes) {
        TrustState state = first;
        int deferred = 0;
        for (long envelope : envelopes) {
            EnvelopeVisit visit = new EnvelopeVisit(
                    TrustWorld.START + RETRY_AFTER,
                    envelope,
                    false,
                    VisitResult.ASKED,
                    false,
                    ReportCoverage.COMPLETE,
                    false,
                    false);
            var outcome = rules.recordVisit(state, visit);
            state = outcome.state();
            deferred += outcome.verdict() == VisitVerdict.DUNNO ? 0 : 1;
        }
        return deferred;
    }
}
