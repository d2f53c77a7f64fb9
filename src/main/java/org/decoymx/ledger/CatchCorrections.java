package org.decoymx.ledger;

import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.Policy;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SkipReason;
import org.decoymx.policy.TrustIndex;

/**
 * Delists senders whose sessions turned out not to count. Each change is visible with the next
 * {@link SenderLedger#commit}. Only for the writer thread.
 */
final class CatchCorrections {
    private final SenderIndex index;
    private final PendingWrites pendingWrites;
    private final SightingAggregator aggregator;
    private final Policy policy;
    private final TrustIndex trust;

    CatchCorrections(SenderIndex index, PendingWrites pendingWrites, SightingAggregator aggregator, Policy policy) {
        this.index = index;
        this.pendingWrites = pendingWrites;
        this.aggregator = aggregator;
        this.policy = policy;
        trust = policy.trust();
    }

    /** Delists the listed senders that match, as their sessions do not count; not those that were listed by hand. */
    void delist(Predicate<Sender> condition, SkipReason reason, Instant now) {
        forEachListed(now, sender -> {
            boolean byHand = trust.find(sender.origin()).listing().byHand();
            if (!byHand && condition.test(sender) && policy.isInListedTier(sender, now)) {
                trust.release(sender.origin(), now.getEpochSecond());
                aggregator.delist(sender.origin(), reason);
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
        SenderCounts own = aggregator.findOwn(origin);
        return own != null && own.score().listedSince() >= since;
    }
}
