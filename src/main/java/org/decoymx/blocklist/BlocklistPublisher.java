package org.decoymx.blocklist;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.LongStream;
import org.decoymx.blocklist.ChangeLog.VersionChange;
import org.decoymx.ledger.SenderRetention;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.Listing;
import org.decoymx.policy.Policy;
import org.decoymx.policy.Sender;

/**
 * Publishes the blocklist: evaluates each changed sender, drops expired entries, and swaps in a new snapshot at most
 * once a second, because each snapshot needs its own Last-Modified. If a listed sender is scored again, its listing is
 * extended at once, but a new snapshot is published only when the published entry would expire; otherwise consumers
 * would fetch the same list again and again. It is published at once if other nodes serve the same list, as they must
 * agree. In observe mode senders are evaluated in the same way, but the served blocklist stays empty.
 */
public final class BlocklistPublisher {
    /** Maximum number of pending changes. Large batches are cheaper, because applying them copies the whole table. */
    static final int MAX_PENDING_CHANGES = 1 << 16;

    /** Evicts 1/64 of a full list at a time, because choosing the entries needs a full scan. */
    private static final int EVICTION_DIVISOR = 64;

    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(2);

    private final Policy policy;
    private final int maxEntries;
    private final boolean shared;
    private final NetworkAggregation v4Aggregation;
    private final NetworkAggregation v6Aggregation;
    private final AddressFamilyTable v4 = new AddressFamilyTable();
    private final AddressFamilyTable v6 = new AddressFamilyTable();

    /** Whether the set of listed origins may differ from the published snapshot. */
    private boolean changed;

    /** Whether other nodes may publish other times. */
    private boolean timesChanged;

    private volatile Blocklist empty;
    private volatile Blocklist evaluated;

    /** The clock's second of the last publication; {@link Blocklist#modified} is later if the clock was set back. */
    private Instant lastPublishedSecond;

    /**
     * Lists as many senders as the heap has room for.
     *
     * @param now the start time; the blocklist is empty
     * @param shared whether other nodes serve the same list
     */
    public BlocklistPublisher(Policy policy, Instant now, boolean shared) {
        this(policy, now, shared, (int) Math.min(Integer.MAX_VALUE, SenderRetention.maxSendersInHeap()));
    }

    /**
     * @param maxEntries maximum number of listed origins; beyond it, those whose listing ends first are evicted
     */
    BlocklistPublisher(Policy policy, Instant now, boolean shared, int maxEntries) {
        this.policy = policy;
        this.maxEntries = maxEntries;
        this.shared = shared;
        v4Aggregation = new NetworkAggregation(false, policy.settings().widenAt(), policy::mayAggregate);
        v6Aggregation = new NetworkAggregation(true, NetworkAggregation.V6_THRESHOLD, policy::mayAggregate);
        empty = new Blocklist(
                now.truncatedTo(ChronoUnit.SECONDS), policy.settings().mode(), SortedTable.EMPTY, SortedTable.EMPTY);
        evaluated = empty;
        lastPublishedSecond = empty.modified();
    }

    /** The current blocklist for consumers; always empty in observe mode. */
    public Blocklist servedBlocklist() {
        return empty.isObserveOnly() ? empty : evaluated;
    }

    /** The origins that are listed, or would be listed outside observe mode. */
    public Blocklist evaluatedBlocklist() {
        return evaluated;
    }

    /**
     * Whether an address is listed itself, or its IPv6 /64 in place of an address that is not known; not if it only is
     * in a network with listed addresses.
     */
    public boolean isListedItself(IpPrefix origin, Instant now) {
        Blocklist.BlocklistEntry entry = evaluated.findEntry(origin).orElse(null);
        return entry != null
                && (entry.isAddress() || isInListedTier(origin, now) || isInListedTier(entry.network(), now));
    }

    private boolean isInListedTier(IpPrefix origin, Instant now) {
        return policy.trust().find(origin).tierAt(now.getEpochSecond()).isListed();
    }

    /** Evaluates changed senders; the next {@link #publish} shows the result. */
    synchronized void evaluate(Collection<Sender> senders, Instant now) {
        for (Sender sender : senders) {
            Listing listing = policy.findListing(sender, now);
            if (listing != null) {
                long interval = ListedInterval.pack(listing.since(), listing.until());
                long reason = PackedReason.pack(policy.listingReason(sender), listing);
                // also by hand, a network is never confirmed: it has other addresses, some perhaps exempt
                recordChange(
                        sender.origin(),
                        interval,
                        sender.origin().isAddress() ? reason : PackedReason.asSuspect(reason));
            } else {
                recordChange(sender.origin(), ListedInterval.NOT_LISTED, 0);
            }
            if (v4.pendingChanges() + v6.pendingChanges() >= MAX_PENDING_CHANGES) {
                applyPendingChanges(now);
            }
        }
    }

    private void recordChange(IpPrefix origin, long interval, long reason) {
        AddressFamilyTable family = origin.v6() ? v6 : v4;
        changed = changed || family.changesMembership(origin, interval, reason);
        timesChanged = timesChanged || shared && family.changesTimes(origin, interval);
        family.update(origin, interval, reason);
    }

    private void applyPendingChanges(Instant now) {
        v4.applyChanges(now.getEpochSecond());
        v6.applyChanges(now.getEpochSecond());
        changed = true;
        int excess = v4.table().size() + v6.table().size() - maxEntries;
        if (excess > 0) {
            evictEarliest(excess + maxEntries / EVICTION_DIVISOR);
        }
    }

    /** Evicts the entries that end first; of those that end in the same second, the first in address order. */
    private void evictEarliest(int count) {
        long[] ends = LongStream.concat(v4.table().expirySeconds(), v6.table().expirySeconds())
                .toArray();
        Arrays.sort(ends);
        long last = ends[count - 1];
        long ties = Arrays.stream(ends, 0, count).filter(end -> end == last).count();
        long tiesOfV4 = Math.min(
                ties, v4.table().expirySeconds().filter(end -> end == last).count());
        v4.removeEarliest(last, tiesOfV4);
        v6.removeEarliest(last, ties - tiesOfV4);
    }

    /**
     * The current second; if the clock was set back, one second after the last version, so that publishing continues.
     */
    private Instant nextModified(Instant now) {
        boolean clockSetBack = now.plus(CLOCK_TOLERANCE).isBefore(evaluated.modified());
        return clockSetBack ? evaluated.modified().plusSeconds(1) : now.truncatedTo(ChronoUnit.SECONDS);
    }

    /** Publishes a new blocklist if one is due and the last one is of an earlier second. */
    synchronized void publish(Instant now) {
        // at each call, so that no network stays listed for longer than a second after it became exempt
        boolean v4Differs = v4Aggregation.recheck(now);
        boolean v6Differs = v6Aggregation.recheck(now);
        changed = changed || v4Differs || v6Differs;
        Instant modified = nextModified(now);
        Instant currentSecond = now.truncatedTo(ChronoUnit.SECONDS);
        if (!currentSecond.equals(lastPublishedSecond) && modified.isAfter(evaluated.modified()) && isDue(now)) {
            applyPendingChanges(now);
            changed = false;
            SortedTable nextV4 = v4Aggregation.aggregate(v4.table(), now);
            SortedTable nextV6 = v6Aggregation.aggregate(v6.table(), now);
            VersionChange change = evaluated.changeTo(modified, nextV4, nextV6);
            if (timesChanged || change.changesFeeds() || evaluated.earliestExpiry() <= now.getEpochSecond()) {
                evaluated = evaluated.nextVersion(modified, nextV4, nextV6, change);
                lastPublishedSecond = currentSecond;
                timesChanged = false;
                policy.trust().publishedVersion().publish(evaluated.version());
            }
        }
    }

    private boolean isDue(Instant now) {
        long earliestExpiry = Math.min(evaluated.earliestExpiry(), Math.min(v4.earliestExpiry(), v6.earliestExpiry()));
        return changed || timesChanged || earliestExpiry <= now.getEpochSecond();
    }

    /** Sets {@link Blocklist#node}, before anything is published. */
    synchronized void setNode(String node) {
        empty = empty.ofNode(node);
    }

    /** Publishes the first blocklist that consumers see; it may have the same second as the empty one. */
    synchronized void publishFirst(Instant now) {
        applyPendingChanges(now);
        changed = false;
        timesChanged = false;
        Instant second = Instant.ofEpochSecond(policy.trust().publishedVersion().first(now.getEpochSecond()));
        evaluated = new Blocklist(
                        second.isAfter(evaluated.modified()) ? second : evaluated.modified(),
                        empty.mode(),
                        v4Aggregation.aggregate(v4.table(), now),
                        v6Aggregation.aggregate(v6.table(), now))
                .ofNode(empty.node());
        policy.trust().publishedVersion().publish(evaluated.version());
    }
}
