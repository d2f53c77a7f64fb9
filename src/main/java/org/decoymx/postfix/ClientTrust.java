package org.decoymx.postfix;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.net.OwnAddresses;
import org.decoymx.policy.DeliveryAttempts;
import org.decoymx.policy.Listing;
import org.decoymx.policy.PrimaryAttempt;
import org.decoymx.policy.Tier;
import org.decoymx.policy.TrustIndex;
import org.decoymx.policy.TrustState;
import org.decoymx.policy.TrustVisit;
import org.decoymx.policy.VisitResult;
import org.decoymx.policy.VisitVerdict;
import org.decoymx.primary.OpenProbes;
import org.decoymx.sighting.EnvelopeHasher;
import org.jspecify.annotations.Nullable;

/** Records what Postfix asks about, and says what the trust state of the client says after that. */
final class ClientTrust {
    private final TrustIndex index;
    private final DeliveryAttempts attempts;
    private final EnvelopeHasher hasher;
    private final OpenProbes openProbes;
    private final OwnAddresses own;
    private final Clock clock;

    ClientTrust(
            TrustIndex index, DeliveryAttempts attempts, EnvelopeHasher hasher, OpenProbes openProbes, Clock clock) {
        this.index = index;
        this.attempts = attempts;
        this.hasher = hasher;
        this.openProbes = openProbes;
        this.clock = clock;
        own = new OwnAddresses(clock);
    }

    /**
     * Records that a primary reported something, unless somebody submits mail there. It does not matter who the client
     * is: each question shows that the questions of this primary arrive, so that a retry would be seen too.
     *
     * @param connection the address of the primary that asks
     * @return whether the client may be a stranger; it is none if it has logged in, or if it is the decoy itself, which
     *     probes the primary
     */
    boolean recordReport(PolicyRequest request, IpPrefix client, IpPrefix connection) {
        if (!request.isSubmission()) {
            List<IpPrefix> sources = new ArrayList<>(List.of(connection));
            IpText.parseAddress(request.serverAddress()).ifPresent(sources::add);
            index.reports().recordReport(clock.instant().getEpochSecond(), sources);
        }
        return !request.isAuthenticated() && !isOwnProbe(request, client);
    }

    /**
     * Behind NAT, the decoy has another address at the primary. A stranger can say what a probe says, but not know when
     * one is open; if it guesses, only its message for postmaster is let in.
     */
    private boolean isOwnProbe(PolicyRequest request, IpPrefix client) {
        return EnvelopeHasher.isNullReversePath(request.sender())
                && (own.contains(client) || openProbes.contains(request.heloName(), request.recipient()));
    }

    /**
     * The verdict on a client after its visit is recorded: the very retry that proves a queue is not put off.
     *
     * @param entry its entry in the list
     * @param action the configured action: only if it may defer, a deferral is remembered
     */
    VisitVerdict record(PolicyRequest request, IpPrefix client, Optional<BlocklistEntry> entry, PostfixAction action) {
        long now = clock.instant().getEpochSecond();
        if (request.isSubmission() || !request.isRecipient()) {
            if (!request.isSubmission() && request.isEndOfMessage()) {
                index.recordEndOfMessage(client, now);
            } else if (!request.isSubmission()) {
                recordAttempt(PrimaryAttempt.ofClient(client, now));
            }
            return entry.isEmpty() || isExcepted(client, entry.get(), now) ? VisitVerdict.DUNNO : VisitVerdict.DEFER;
        }
        boolean mayDefer = action == PostfixAction.GRADUATED || action == PostfixAction.DEFER_IF_PERMIT;
        TrustVisit visit = new TrustVisit(
                client,
                now,
                hasher.hash(request.sender(), request.recipient()),
                EnvelopeHasher.isNullReversePath(request.sender()),
                VisitResult.ASKED,
                mayDefer && entry.isPresent(),
                action == PostfixAction.DEFER_IF_PERMIT);
        Listing listing = entry.map(found -> listing(found, now)).orElse(null);
        VisitVerdict verdict = index.recordVisit(visit, listing);
        index.reports().pass(visit);
        boolean inNetwork = entry.isPresent() && listing == null;
        if (inNetwork && verdict == VisitVerdict.DUNNO && !isExcepted(client, entry.get(), now)) {
            verdict = VisitVerdict.DEFER;
        }
        recordAttempt(new PrimaryAttempt(
                client,
                now,
                hasher.hashRecipient(request.recipient()),
                visit.envelope(),
                isRejected(verdict, entry, action) ? VisitResult.REJECTED : VisitResult.ASKED));
        return verdict;
    }

    /** What the decoy itself refuses for good excuses nothing. */
    private static boolean isRejected(VisitVerdict verdict, Optional<BlocklistEntry> entry, PostfixAction action) {
        return entry.isPresent()
                && (action == PostfixAction.REJECT && verdict != VisitVerdict.DUNNO
                        || action == PostfixAction.GRADUATED && verdict == VisitVerdict.REJECT);
    }

    private void recordAttempt(PrimaryAttempt visit) {
        attempts.recordVisit(visit, visit.at());
        index.reports().pass(visit);
    }

    /** Whether a sender that is deferred is confirmed: a deferral that it gives up on has consequences. */
    boolean isConfirmed(IpPrefix client) {
        return index.find(client).tierAt(clock.instant().getEpochSecond()) == Tier.CONFIRMED;
    }

    /** Whether a client is let in although it is in the list; if the network is by hand, only by another decision. */
    private boolean isExcepted(IpPrefix client, BlocklistEntry entry, long now) {
        TrustState state = index.find(client);
        return isByHand(entry, now) ? state.listing().tierAt(now) == Tier.CLEARED : state.tierAt(now) == Tier.CLEARED;
    }

    private boolean isByHand(BlocklistEntry entry, long now) {
        Listing listing = index.find(entry.network()).listing();
        return !entry.isAddress() && listing.byHand() && listing.tierAt(now).isListed();
    }

    /** How an address is listed; null for a network, as not all of it was caught, unless the /64 itself was. */
    private @Nullable Listing listing(BlocklistEntry entry, long now) {
        boolean caught =
                entry.isAddress() || index.find(entry.network()).tierAt(now).isListed();
        return caught && !isByHand(entry, now)
                ? new Listing(Tier.SUSPECT, entry.since(), entry.until(), 0, false)
                : null;
    }
}
