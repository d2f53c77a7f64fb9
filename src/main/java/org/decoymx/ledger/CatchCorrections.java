package org.decoymx.ledger;

import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.DeliveryAttempts.ExcusedCatch;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SkipReason;
import org.decoymx.policy.TrustIndex;
import org.decoymx.sighting.Sighting;

/**
 * Takes back what was caught, or adds it, after it turned out whether that counts. Each change is visible with the next
 * {@link SenderLedger#commit}. Only for the writer thread.
 */
final class CatchCorrections {
    private final SenderIndex index;
    private final PendingWrites pendingWrites;
    private final SightingAggregator aggregator;
    private final TrustIndex trust;
    private final LedgerStorage storage;

    CatchCorrections(
            SenderIndex index,
            PendingWrites pendingWrites,
            SightingAggregator aggregator,
            TrustIndex trust,
            LedgerStorage storage) {
        this.index = index;
        this.pendingWrites = pendingWrites;
        this.aggregator = aggregator;
        this.trust = trust;
        this.storage = storage;
    }

    /** Delists the listed senders that match, as their sessions do not count; not those that were listed by hand. */
    void delist(Predicate<Sender> condition, SkipReason reason, Instant now) {
        forEachListed(now, sender -> {
            boolean byHand = trust.find(sender.origin()).listing().byHand();
            if (!byHand && condition.test(sender) && aggregator.isListed(sender, now)) {
                trust.release(sender.origin(), now.getEpochSecond());
                aggregator.delist(sender.origin(), reason, storage.ownNode());
            }
        });
    }

    /** Also those whose listing is not committed yet, for example because the file cannot be written. */
    private void forEachListed(Instant now, Consumer<Sender> each) {
        pendingWrites.listedAfter(now.getEpochSecond()).stream()
                .map(index::combineWith)
                .forEach(each);
        index.forEachListed(now, each);
    }

    /**
     * Takes back what was caught here since an outage of an own primary began; other nodes have other ones. If another
     * node has caught the sender too, it is delisted there with it, as that node may not have noticed the outage. A bot
     * is listed there again with its next message, while a good sender would have been rejected.
     */
    void takeBackSince(long since, Instant now) {
        delist(sender -> isOwnListedSince(sender.origin(), since), SkipReason.OUTAGE, now);
        forEachListed(now, sender -> trust.takeBackSince(sender.origin(), since));
    }

    private boolean isOwnListedSince(IpPrefix origin, long since) {
        SenderCounts pending = pendingWrites.find(origin);
        SenderCounts own = pending == null ? index.findCounts(storage.ownNode(), origin) : pending;
        return own != null && own.score().listedSince() >= since;
    }

    /** Takes a catch back. */
    void excuse(ExcusedCatch caught) {
        aggregator.excuse(caught, storage.ownNode());
    }

    /** Scores a session that was excused before. */
    void scoreAfterAll(Sighting sighting) {
        aggregator.scoreAfterAll(sighting, storage.ownNode());
    }
}
