package org.decoymx.policy;

import java.util.function.Predicate;
import org.decoymx.net.IpPrefix;
import org.jspecify.annotations.Nullable;

/** Records visits to the primaries in the {@link TrustStates}. Not thread-safe. */
final class TrustVisits {
    private final TrustRules rules;
    private final TrustStates states;
    private final ManualDecisions manual;
    private final PrimaryReports reports;
    private final SenderEvents events;

    TrustVisits(
            TrustRules rules, TrustStates states, ManualDecisions manual, PrimaryReports reports, SenderEvents events) {
        this.rules = rules;
        this.states = states;
        this.manual = manual;
        this.reports = reports;
        this.events = events;
    }

    /**
     * Records a visit, and first of all for the other senders that have its envelope.
     *
     * @param listed how the client is listed if it has no state; null if it is not listed
     */
    VisitVerdict record(TrustVisit visit, @Nullable Listing listed) {
        ReportCoverage coverage = reports.coverage();
        boolean fromNetwork = recordForOthers(visit, origin -> true, visit.toEnvelopeVisit(false, coverage, false));
        TrustState before = states.find(visit.client());
        TrustState doubted = states.findWithDoubt(visit.client());
        TrustState known = doubted;
        if (before.isUnknown()) {
            boolean forgotten = listed != null && manual.isForgotten(visit.client(), listed.since());
            if ((listed == null || forgotten) && !fromNetwork) {
                return VisitVerdict.DUNNO;
            }
            known = listed == null || forgotten
                    ? before
                    : rules.fromOldListing(listed.since(), listed.until(), visit.at());
        }
        VisitOutcome outcome = rules.recordVisit(known, visit.toEnvelopeVisit(fromNetwork, coverage, false));
        boolean notPutOff = outcome.verdict() == VisitVerdict.DEFER && !visit.mayDefer();
        TrustState after = notPutOff ? outcome.state().withDeferred(known.deferred()) : outcome.state();
        states.put(visit.client(), before, withoutDoubt(before, doubted, after));
        events.recordChange(visit.client(), outcome.change());
        return outcome.verdict();
    }

    /** The doubt decides what is answered; only what a return has shown changes the listing. */
    private static TrustState withoutDoubt(TrustState before, TrustState doubted, TrustState after) {
        boolean sameListing = !doubted.equals(before)
                && after.listing().equals(doubted.listing())
                && after.proof().equals(doubted.proof());
        return sameListing ? after.withListing(before.listing()) : after;
    }

    /**
     * Records a visit to a primary that has asked another node. It can excuse and clear, as if this node had been
     * asked, but shows nothing against a sender; see {@link EnvelopeVisit#shared}.
     *
     * @param forAll whether the other node does not share what it knows of the senders; else the visit is only recorded
     *     for those that this node has caught, of which the other one may not have known yet
     */
    void recordShared(TrustVisit visit, boolean forAll) {
        ReportCoverage coverage = reports.coverage();
        Predicate<IpPrefix> recorded = origin -> forAll || !states.own(origin).isUnknown();
        boolean fromNetwork = recordForOthers(visit, recorded, visit.toEnvelopeVisit(false, coverage, true));
        TrustState before = states.find(visit.client());
        if (fromNetwork || !before.isUnknown() && recorded.test(visit.client())) {
            VisitOutcome outcome = rules.recordVisit(before, visit.toEnvelopeVisit(fromNetwork, coverage, true));
            states.put(visit.client(), before, outcome.state());
            events.recordChange(visit.client(), outcome.change());
        }
    }

    /** Returns whether a neighbor of the client was cleared by this visit. */
    private boolean recordForOthers(TrustVisit visit, Predicate<IpPrefix> recorded, EnvelopeVisit seen) {
        boolean fromNetwork = false;
        for (IpPrefix other : states.findHolders(visit.envelope())) {
            if (other.equals(visit.client()) || !recorded.test(other)) {
                continue;
            }
            TrustState before = states.find(other);
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
