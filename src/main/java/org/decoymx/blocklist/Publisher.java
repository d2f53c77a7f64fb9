package org.decoymx.blocklist;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.LongStream;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.Score;
import org.decoymx.ledger.Sender;
import org.decoymx.policy.Policy;

/**
 * Makes the listing: judges each sender that changed, drops those whose time is over, and swaps in a new snapshot at
 * most once a second, as each needs a Last-Modified of its own. A sender that is caught again is listed for longer at
 * once, but makes no new snapshot until the end comes that the last one tells: readers would fetch the same list over and
 * over. While the policy only observes, all of this goes on, and what is served stays empty.
 */
public final class Publisher {
    /** Listed origins at most; beyond, those whose time ends first go early. */
    static final int MAX_LISTED = 1_000_000;

    /** Changes that wait, at most; what they are worked into is copied whole, so the more at a time the better. */
    static final int MAX_WAITING = 1 << 16;

    /** Of a full list this part is dropped at a time, as to find who goes takes a look at all. */
    private static final int PART = 64;

    private static final Duration CLOCK_SLACK = Duration.ofSeconds(2);

    private final Policy policy;
    private final int max;
    private final Widening widening;
    private final Family v4 = new Family();
    private final Family v6 = new Family();

    /** Whether other origins may be listed than the snapshot has. */
    private boolean changed;

    private final Listing empty;
    private volatile Listing decided;

    /** The second of the last listing, by the clock; not {@link Listing#modified}, which is ahead of one that was set back. */
    private Instant last;

    /**
     * @param now the start, when the listing is empty
     */
    public Publisher(Policy policy, Instant now) {
        this(policy, now, MAX_LISTED);
    }

    /**
     * @param max listed origins at most
     */
    Publisher(Policy policy, Instant now, int max) {
        this.policy = policy;
        this.max = max;
        widening = new Widening(policy.rules().widenAt(), policy::mayWiden);
        empty = new Listing(now.truncatedTo(ChronoUnit.SECONDS), policy.rules().mode(), Table.EMPTY, Table.EMPTY);
        decided = empty;
        last = empty.modified();
    }

    /** The listing as it stands, for those who block by it: empty while the policy only observes. */
    public Listing current() {
        return empty.isObserved() ? empty : decided;
    }

    /** Who is listed, or would be if the policy did not only observe. */
    public Listing decided() {
        return decided;
    }

    /** Judges senders that have changed; what comes of it shows with the next {@link #publish}. */
    synchronized void judge(Collection<Sender> senders, Instant now) {
        for (Sender sender : senders) {
            Score score = sender.latest();
            if (policy.lists(sender, now)) {
                long times = Times.of(score.listedSince(), score.listedUntil());
                note(sender.origin(), times, Reasons.of(policy.cause(sender)));
            } else {
                note(sender.origin(), Times.NONE, 0);
            }
            if (v4.waiting() + v6.waiting() >= MAX_WAITING) {
                fold(now);
            }
        }
    }

    private void note(Origin origin, long times, long reasons) {
        Family family = origin.v6() ? v6 : v4;
        long key = Key.of(origin);
        changed = changed || family.isNews(key, times);
        family.note(key, times, reasons);
    }

    private void fold(Instant now) {
        v4.fold(now.getEpochSecond());
        v6.fold(now.getEpochSecond());
        changed = true;
        int tooMany = v4.table().size() + v6.table().size() - max;
        if (tooMany > 0) {
            drop(tooMany + max / PART);
        }
    }

    /** Drops so many: those that end first, and of those that end in the same second the first in order. */
    private void drop(int count) {
        long[] ends = LongStream.concat(v4.table().ends(), v6.table().ends()).toArray();
        Arrays.sort(ends);
        long last = ends[count - 1];
        long ties = Arrays.stream(ends, 0, count).filter(end -> end == last).count();
        long tiesOfV4 =
                Math.min(ties, v4.table().ends().filter(end -> end == last).count());
        v4.drop(last, tiesOfV4);
        v6.drop(last, ties - tiesOfV4);
    }

    /** The present second; when the clock was set back a second more than the last, as a list that stands still is worse. */
    private Instant nextModified(Instant now) {
        boolean setBack = now.plus(CLOCK_SLACK).isBefore(decided.modified());
        return setBack ? decided.modified().plusSeconds(1) : now.truncatedTo(ChronoUnit.SECONDS);
    }

    /** Swaps in a new listing when there is something to tell and the last one is of an earlier second. */
    synchronized void publish(Instant now) {
        Instant second = nextModified(now);
        Instant present = now.truncatedTo(ChronoUnit.SECONDS);
        if (!present.equals(last) && second.isAfter(decided.modified()) && isDue(now)) {
            fold(now);
            changed = false;
            Table widened = widening.widen(v4.table(), now);
            if (!decided.hasSame(widened, v6.table()) || decided.firstEnd() <= now.getEpochSecond()) {
                decided = decided.next(second, widened, v6.table());
                last = present;
            }
        }
    }

    private boolean isDue(Instant now) {
        long firstEnd = Math.min(decided.firstEnd(), Math.min(v4.firstEnd(), v6.firstEnd()));
        return changed || firstEnd <= now.getEpochSecond() || widening.isOverdue(now);
    }

    /** Swaps in the first listing that anybody is served; so it may be of the same second as the empty one. */
    synchronized void begin(Instant now) {
        fold(now);
        changed = false;
        Instant second = now.truncatedTo(ChronoUnit.SECONDS);
        decided = new Listing(
                second.isAfter(decided.modified()) ? second : decided.modified(),
                empty.mode(),
                widening.widen(v4.table(), now),
                v6.table());
    }
}
