package org.decoymx.policy;

import org.decoymx.net.IpPrefix;
import org.jspecify.annotations.Nullable;

/** Records visits to the primaries in the {@link TrustStates}. Not thread-safe. */
final class TrustVisits {
    private final TrustRules rules;
    private final TrustStates states;
    private final ManualDecisions manual;

    TrustVisits(TrustRules rules, TrustStates states, ManualDecisions manual) {
        this.rules = rules;
        this.states = states;
        this.manual = manual;
    }

    /**
     * Records a visit, and first of all for the other senders that have its envelope.
     *
     * @param listed how the client is listed if it has no state; null if it is not listed
     * @param events gets the changes of tiers
     */
    VisitVerdict record(TrustVisit visit, @Nullable Listing listed, ReportCoverage coverage, SenderEvents events) {
        boolean fromNetwork = recordForOthers(visit, coverage, events);
        TrustState before = states.find(visit.client());
        TrustState known = before;
        if (before.isUnknown()) {
            boolean forgotten = listed != null && manual.isForgotten(visit.client(), listed.since());
            if ((listed == null || forgotten) && !fromNetwork) {
                return VisitVerdict.DUNNO;
            }
            known = listed == null || forgotten
                    ? before
                    : rules.fromOldListing(listed.since(), listed.until(), visit.at())
                            .state();
        }
        VisitOutcome outcome = rules.recordVisit(known, visit.toEnvelopeVisit(fromNetwork, coverage));
        boolean notPutOff = outcome.verdict() == VisitVerdict.DEFER && !visit.mayDefer();
        TrustState after = notPutOff ? outcome.state().withDeferred(known.deferred()) : outcome.state();
        states.put(visit.client(), before, after);
        events.recordChange(visit.client(), outcome.change());
        return outcome.verdict();
    }

    /** Returns whether a neighbor of the client was cleared by this visit. */
    private boolean recordForOthers(TrustVisit visit, ReportCoverage coverage, SenderEvents events) {
        boolean fromNetwork = false;
        for (IpPrefix other : states.findHolders(visit.envelope())) {
            if (other.equals(visit.client())) {
                continue;
            }
            TrustState before = states.find(other);
            EnvelopeVisit seen = visit.toEnvelopeVisit(false, coverage);
            TrustOutcome outcome = EnvelopeHolders.isSameNetwork(other, visit.client())
                    ? rules.recordReturnFromNetwork(before, seen)
                    : rules.recordReturnElsewhere(before, seen);
            fromNetwork |= outcome.change().cause() == TrustCause.RETURNED_FROM_NETWORK;
            states.put(other, before, outcome.state());
            events.recordChange(other, outcome.change());
        }
        return fromNetwork;
    }
}
