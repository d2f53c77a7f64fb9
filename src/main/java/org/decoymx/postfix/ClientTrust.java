package org.decoymx.postfix;

import java.time.Clock;
import java.util.Optional;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.Listing;
import org.decoymx.policy.Tier;
import org.decoymx.policy.TrustIndex;
import org.decoymx.policy.TrustVisit;
import org.decoymx.policy.VisitResult;
import org.decoymx.policy.VisitVerdict;
import org.decoymx.sighting.EnvelopeHasher;
import org.jspecify.annotations.Nullable;

/** Records what Postfix asks about, and says what the trust state of the client says after that. */
final class ClientTrust {
    private final TrustIndex index;
    private final EnvelopeHasher hasher;
    private final Clock clock;

    ClientTrust(TrustIndex index, EnvelopeHasher hasher, Clock clock) {
        this.index = index;
        this.hasher = hasher;
        this.clock = clock;
    }

    /**
     * The verdict on a client after its visit is recorded: the very retry that proves a queue is not put off.
     *
     * @param entry its entry in the list
     * @param mayDefer whether the verdict decides; then a deferral is remembered
     */
    VisitVerdict record(PolicyRequest request, IpPrefix client, Optional<BlocklistEntry> entry, boolean mayDefer) {
        long now = clock.instant().getEpochSecond();
        index.recordReport(now);
        if (request.isSubmission() || !request.isRecipient()) {
            return isCleared(client, now) || entry.isEmpty() ? VisitVerdict.DUNNO : VisitVerdict.DEFER;
        }
        TrustVisit visit = new TrustVisit(
                client,
                now,
                hasher.hash(request.sender(), request.recipient()),
                EnvelopeHasher.isNullReversePath(request.sender()),
                VisitResult.ASKED,
                mayDefer && entry.isPresent());
        VisitVerdict verdict = index.recordVisit(visit, listing(entry));
        boolean inNetwork = entry.isPresent() && listing(entry) == null;
        return inNetwork && verdict == VisitVerdict.DUNNO && !isCleared(client, now) ? VisitVerdict.DEFER : verdict;
    }

    private boolean isCleared(IpPrefix client, long now) {
        return index.find(client).tierAt(now) == Tier.CLEARED;
    }

    /** How an address is listed; null for a network, as not all of it was caught. */
    private static @Nullable Listing listing(Optional<BlocklistEntry> entry) {
        return entry.filter(found -> found.v6() || found.isAddress())
                .map(found -> new Listing(Tier.SUSPECT, found.since(), found.until(), 0, false))
                .orElse(null);
    }
}
