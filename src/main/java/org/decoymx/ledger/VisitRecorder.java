package org.decoymx.ledger;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.DeliveryAttempts;
import org.decoymx.policy.DeliveryAttempts.ExcusedCatch;
import org.decoymx.policy.HourCounts.Counted;
import org.decoymx.policy.Listing;
import org.decoymx.policy.PrimaryAttempt;
import org.decoymx.policy.PrimaryReport;
import org.decoymx.policy.PrimaryReports;
import org.decoymx.policy.PrimaryVisits;
import org.decoymx.policy.TrustIndex;
import org.decoymx.policy.TrustVisit;
import org.decoymx.policy.VisitResult;
import org.decoymx.sighting.ProtectionMessage.PrimaryVisit;

/** Records what the primary MX hosts report, and has the ledger changed where a report changes what counts. */
public final class VisitRecorder {
    private static final long MAX_WAITING = 400_000;

    private final LedgerWriter writer;
    private final PrimaryVisits primaryVisits;
    private final DeliveryAttempts attempts;
    private final TrustIndex trust;
    private final Function<IpPrefix, Optional<Listing>> listings;
    private final Clock clock;
    private final AtomicLong submitted = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();

    /**
     * @param listings how a sender is listed that may have no trust state
     */
    VisitRecorder(
            LedgerWriter writer,
            PrimaryVisits primaryVisits,
            DeliveryAttempts attempts,
            TrustIndex trust,
            Function<IpPrefix, Optional<Listing>> listings,
            Clock clock) {
        this.writer = writer;
        this.primaryVisits = primaryVisits;
        this.attempts = attempts;
        this.trust = trust;
        this.listings = listings;
        this.clock = clock;
    }

    /**
     * Whether so many attempts wait for the thread of the ledger, because the disk does not respond, that they must be
     * reported again later.
     */
    public boolean isBusy() {
        return submitted.get() - taken.get() >= MAX_WAITING;
    }

    /** Records who was seen at a primary MX. */
    public void recordVisits(Collection<PrimaryVisit> visits) {
        visits.forEach(visit -> {
            primaryVisits.recordVisit(visit.origin(), visit.seenAt(), visit.listed());
            pass(new PrimaryReport.Seen(visit.origin(), visit.seenAt().getEpochSecond(), visit.listed()));
        });
    }

    /** Has all that primaries report to this node passed on; see {@link PrimaryReports#passTo}. */
    public void passTo(Consumer<PrimaryReport> listener) {
        trust.reports().passTo(listener);
    }

    /** Other nodes share what primaries report to them; see {@link PrimaryReports#startSharing}. */
    public void startSharing() {
        trust.reports().startSharing();
    }

    /** Records that all is known that primaries reported to other nodes up to then; see {@link #recordShared}. */
    public void recordAllShared(Instant upTo) {
        trust.reports().recordShared(upTo.getEpochSecond());
    }

    private void pass(PrimaryReport report) {
        trust.reports().pass(report);
    }

    /**
     * Records whom a primary MX put off, which excuses their sightings, and whom not: then those count after all.
     *
     * @param late whether they may be reported late; then catches that were scored before are taken back
     */
    public void recordAttempts(List<PrimaryAttempt> visits, boolean late) {
        visits.forEach(this::countResult);
        applyAttempts(visits, late);
        visits.forEach(this::pass);
    }

    private void applyAttempts(List<PrimaryAttempt> visits, boolean late) {
        long now = clock.instant().getEpochSecond();
        visits.forEach(visit -> attempts.recordVisit(visit, now));
        long position = submitted.addAndGet(visits.size());
        writer.change(ledger -> {
            taken.accumulateAndGet(position, Math::max);
            if (late) {
                attempts.findExcused(visits).forEach(ledger.aggregator()::excuse);
                visits.forEach(visit -> excuseImported(ledger, visit));
            }
            attempts.releaseDecided(visits).forEach(ledger.aggregator()::scoreAfterAll);
        });
    }

    /** Of those who are not listed, it does not matter here what a primary refuses. */
    private void countResult(PrimaryAttempt visit) {
        boolean refused = visit.result() == VisitResult.REJECTED;
        if ((refused || visit.result() == VisitResult.DEFERRED)
                && listings.apply(visit.client())
                        .filter(listed -> listed.since() <= visit.at())
                        .isPresent()) {
            trust.events().hours().add(refused ? Counted.REPORTED_REFUSED : Counted.REPORTED_DEFERRED, visit.at());
        }
    }

    /** A listing from another node has no catch here. */
    private void excuseImported(SenderLedger ledger, PrimaryAttempt visit) {
        IpPrefix client = visit.client();
        if (visit.result() == null && !trust.find(client).listing().byHand()) {
            ledger.find(client)
                    .map(sender -> sender.latestScore().listedSince())
                    .filter(since -> DeliveryAttempts.excusesAddress(visit.at(), since))
                    .ifPresent(since -> ledger.aggregator().excuse(new ExcusedCatch(client, since)));
        }
    }

    /**
     * Records what a primary MX reported of single recipients; so senders that retry are cleared, also those whose
     * listing was imported without a trust state.
     */
    public void recordEnvelopes(Collection<TrustVisit> visits) {
        for (TrustVisit visit : visits) {
            Optional<Listing> listed =
                    trust.find(visit.client()).isUnknown() ? listings.apply(visit.client()) : Optional.empty();
            trust.recordVisit(
                    visit, listed.filter(found -> found.since() <= visit.at()).orElse(null));
            pass(visit);
        }
    }

    /** Records that a primary MX accepted mail of a sender; if it was never caught, it becomes known. */
    public void recordAccepted(IpPrefix sender, Instant at) {
        applyAccepted(sender, at);
        pass(new PrimaryReport.Accepted(sender, at.getEpochSecond()));
    }

    private void applyAccepted(IpPrefix sender, Instant at) {
        if (trust.find(sender).firstCaughtAt() == 0) {
            primaryVisits.recordAccepted(sender, at);
        }
    }

    /**
     * Records what primaries reported to another node, in the order in which it did. It excuses and clears like a
     * report in time; but it is no report of a primary to this node, see {@link #recordReport}, and not passed on.
     *
     * @param forAll see {@link TrustIndex#recordShared}
     */
    public void recordShared(Collection<? extends PrimaryReport> reports, boolean forAll) {
        List<PrimaryAttempt> visits = new ArrayList<>();
        for (PrimaryReport report : reports) {
            if (report instanceof PrimaryAttempt visit) {
                visits.add(visit);
            } else if (report instanceof PrimaryReport.Seen seen) {
                primaryVisits.recordVisit(seen.client(), Instant.ofEpochSecond(seen.at()), seen.listed());
            } else if (report instanceof PrimaryReport.Accepted accepted) {
                applyAccepted(accepted.client(), Instant.ofEpochSecond(accepted.at()));
            }
        }
        if (!visits.isEmpty()) {
            applyAttempts(visits, true);
        }
        for (PrimaryReport report : reports) {
            if (report instanceof TrustVisit visit) {
                trust.recordShared(visit, forAll);
            }
        }
    }

    /** Records that a primary MX reported something; see {@link PrimaryReports#recordReport}. */
    public void recordReport(Instant at, Collection<IpPrefix> sources) {
        trust.reports().recordReport(at.getEpochSecond(), sources);
    }
}
