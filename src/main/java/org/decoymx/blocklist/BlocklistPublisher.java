package org.decoymx.blocklist;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.LongStream;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.Sender;
import org.decoymx.ledger.SenderScore;
import org.decoymx.policy.Policy;

/**
 * Makes the listing: judges each sender that changed, drops those whose time is over, and swaps in a new snapshot at
 * most once a second, as each needs a Last-Modified of its own. A sender that is caught again is listed for longer at
 * once, but makes no new snapshot until the end comes that the last one tells: readers would fetch the same list over and
 * over. While the policy only observes, all of this goes on, and what is served stays empty.
 */
public final class BlocklistPublisher {
    /** Listed origins at most; beyond, those whose time ends first go early. */
    static final int MAX_ENTRIES = 1_000_000;

    /** Changes that wait, at most; what they are worked into is copied whole, so the more at a time the better. */
    static final int MAX_PENDING_CHANGES = 1 << 16;

    /** Of a full list this part is dropped at a time, as to find who goes takes a look at all. */
    private static final int EVICTION_DIVISOR = 64;

    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(2);

    private final Policy policy;
    private final int maxEntries;
    private final NetworkAggregation aggregation;
    private final AddressFamilyTable v4 = new AddressFamilyTable();
    private final AddressFamilyTable v6 = new AddressFamilyTable();

    /** Whether other origins may be listed than the snapshot has. */
    private boolean changed;

    private final Blocklist empty;
    private volatile Blocklist evaluated;

    /** The second of the last listing, by the clock; not {@link Blocklist#modified}, which is ahead of one that was set back. */
    private Instant lastPublishedSecond;

    /**
     * @param now the start, when the listing is empty
     */
    public BlocklistPublisher(Policy policy, Instant now) {
        this(policy, now, MAX_ENTRIES);
    }

    /**
     * @param max listed origins at most
     */
    BlocklistPublisher(Policy policy, Instant now, int max) {
        this.policy = policy;
        this.maxEntries = max;
        aggregation = new NetworkAggregation(policy.settings().widenAt(), policy::mayAggregate);
        empty = new Blocklist(
                now.truncatedTo(ChronoUnit.SECONDS), policy.settings().mode(), SortedTable.EMPTY, SortedTable.EMPTY);
        evaluated = empty;
        lastPublishedSecond = empty.modified();
    }

    /** The listing as it stands, for those who block by it: empty while the policy only observes. */
    public Blocklist servedBlocklist() {
        return empty.isObserveOnly() ? empty : evaluated;
    }

    /** Who is listed, or would be if the policy did not only observe. */
    public Blocklist evaluatedBlocklist() {
        return evaluated;
    }

    /** Judges senders that have changed; what comes of it shows with the next {@link #publish}. */
    synchronized void evaluate(Collection<Sender> senders, Instant now) {
        for (Sender sender : senders) {
            SenderScore score = sender.latestScore();
            if (policy.isListed(sender, now)) {
                long times = ListedInterval.pack(score.listedSince(), score.listedUntil());
                recordChange(sender.origin(), times, PackedReason.pack(policy.listingReason(sender)));
            } else {
                recordChange(sender.origin(), ListedInterval.NOT_LISTED, 0);
            }
            if (v4.pendingChanges() + v6.pendingChanges() >= MAX_PENDING_CHANGES) {
                applyPendingChanges(now);
            }
        }
    }

    private void recordChange(Origin origin, long times, long reasons) {
        AddressFamilyTable family = origin.v6() ? v6 : v4;
        long key = EntryKey.of(origin);
        changed = changed || family.changesMembership(key, times);
        family.update(key, times, reasons);
    }

    private void applyPendingChanges(Instant now) {
        v4.applyChanges(now.getEpochSecond());
        v6.applyChanges(now.getEpochSecond());
        changed = true;
        int tooMany = v4.table().size() + v6.table().size() - maxEntries;
        if (tooMany > 0) {
            evictEarliest(tooMany + maxEntries / EVICTION_DIVISOR);
        }
    }

    /** Drops so many: those that end first, and of those that end in the same second the first in order. */
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

    /** The present second; when the clock was set back a second more than the last, as a list that stands still is worse. */
    private Instant nextModified(Instant now) {
        boolean setBack = now.plus(CLOCK_TOLERANCE).isBefore(evaluated.modified());
        return setBack ? evaluated.modified().plusSeconds(1) : now.truncatedTo(ChronoUnit.SECONDS);
    }

    /** Swaps in a new listing when there is something to tell and the last one is of an earlier second. */
    synchronized void publish(Instant now) {
        Instant second = nextModified(now);
        Instant present = now.truncatedTo(ChronoUnit.SECONDS);
        if (!present.equals(lastPublishedSecond) && second.isAfter(evaluated.modified()) && isDue(now)) {
            applyPendingChanges(now);
            changed = false;
            SortedTable widened = aggregation.aggregate(v4.table(), now);
            if (!evaluated.hasSameEntries(widened, v6.table()) || evaluated.earliestExpiry() <= now.getEpochSecond()) {
                evaluated = evaluated.nextVersion(second, widened, v6.table());
                lastPublishedSecond = present;
            }
        }
    }

    private boolean isDue(Instant now) {
        long firstEnd = Math.min(evaluated.earliestExpiry(), Math.min(v4.earliestExpiry(), v6.earliestExpiry()));
        return changed || firstEnd <= now.getEpochSecond() || aggregation.isRecheckNeeded(now);
    }

    /** Swaps in the first listing that anybody is served; so it may be of the same second as the empty one. */
    synchronized void publishFirst(Instant now) {
        applyPendingChanges(now);
        changed = false;
        Instant second = now.truncatedTo(ChronoUnit.SECONDS);
        evaluated = new Blocklist(
                second.isAfter(evaluated.modified()) ? second : evaluated.modified(),
                empty.mode(),
                aggregation.aggregate(v4.table(), now),
                v6.table());
    }
}
