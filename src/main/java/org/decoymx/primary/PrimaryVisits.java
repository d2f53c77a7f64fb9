package org.decoymx.primary;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.ledger.Origin;

/**
 * Who talked to a primary MX, and when: each address, and each network (an IPv4 /24 or an IPv6 /64). Any thread may tell,
 * and any may ask. Half a million addresses and as many networks are known at most, in 25 MB for IPv4 alone; when there are
 * more, the tenth that is unseen for longest goes.
 */
public final class PrimaryVisits {
    private static final int MAX_ADDRESSES = 500_000;
    private static final Duration MIN_RETENTION = Duration.ofDays(7);
    private static final long HOST_MASK_24 = 0xff;

    private final Duration window;
    private final long windowSeconds;
    private final SeenIntervalMap addresses;
    private final SeenIntervalMap networks;
    private final LongAdder recorded = new LongAdder();
    private volatile boolean changed;
    private long evicted;

    /**
     * @param window how long before its session a sender must have been seen at a primary to be exempt
     */
    public PrimaryVisits(Duration window) {
        this(window, MAX_ADDRESSES);
    }

    /** Knows so many addresses at most, and as many networks. */
    PrimaryVisits(Duration window, int most) {
        this.window = window;
        windowSeconds = window.toSeconds();
        addresses = new SeenIntervalMap(most);
        networks = new SeenIntervalMap(most);
    }

    /**
     * When an address was seen at a primary.
     *
     * @param first the first time, with no pause longer than the window since
     * @param last the latest time
     */
    public record VisitPeriod(Instant first, Instant last) {
        private static VisitPeriod of(long span) {
            return new VisitPeriod(
                    Instant.ofEpochSecond(SeenInterval.first(span)), Instant.ofEpochSecond(SeenInterval.last(span)));
        }
    }

    /** What of all this is to be written. */
    record VisitChanges(SeenIntervalMap.IntervalChanges addresses, SeenIntervalMap.IntervalChanges networks) {
        boolean isEmpty() {
            return addresses.isEmpty() && networks.isEmpty();
        }
    }

    /** Records that somebody who is not listed talked to a primary, perhaps a while ago. */
    public void recordVisit(Origin origin, Instant at) {
        recordVisit(origin, at, false);
    }

    /**
     * Records that somebody talked to a primary, perhaps a while ago.
     *
     * @param listed then it does not speak for its network, all of which may be listed, or come to be
     */
    public synchronized void recordVisit(Origin origin, Instant at, boolean listed) {
        recorded.increment();
        extend(addresses, origin, SeenInterval.toSecond(at));
        if (!origin.v6() && !listed) {
            extend(networks, networkOf(origin), SeenInterval.toSecond(at));
        }
    }

    private void extend(SeenIntervalMap spans, Origin origin, long at) {
        long before = spans.get(origin);
        long after = SeenInterval.extend(before, at, windowSeconds);
        if (after != before) {
            evicted += spans.put(origin, after);
            changed = true;
        }
    }

    private static Origin networkOf(Origin v4) {
        return new Origin(false, v4.bits() & ~HOST_MASK_24);
    }

    /** Whether an origin, or its IPv4 /24, was seen at a primary within the window before a moment. */
    public synchronized boolean wasSeenBefore(Origin origin, Instant session) {
        long at = SeenInterval.toSecond(session);
        return SeenInterval.isWithinWindow(addresses.get(origin), at, windowSeconds)
                || !origin.v6() && SeenInterval.isWithinWindow(networks.get(networkOf(origin)), at, windowSeconds);
    }

    /** The same of an IPv4 /24, of which an address that is not listed was seen. */
    public synchronized boolean wasNetworkSeenBefore(Origin first, Instant at) {
        return SeenInterval.isWithinWindow(networks.get(first), SeenInterval.toSecond(at), windowSeconds);
    }

    /** When the origin itself was seen at a primary; empty when it was not, or too long ago. */
    public synchronized Optional<VisitPeriod> find(Origin origin) {
        long span = addresses.get(origin);
        return span == SeenInterval.NEVER ? Optional.empty() : Optional.of(VisitPeriod.of(span));
    }

    /** How long before its session a sender must have been seen at a primary to be exempt. */
    public Duration window() {
        return window;
    }

    /** Whoever was not seen for so long is forgotten, and what is older need not be told. */
    public Duration retention() {
        return (window.compareTo(MIN_RETENTION) > 0 ? window : MIN_RETENTION).plusDays(1);
    }

    /** How many addresses are known. */
    public synchronized int size() {
        return addresses.size();
    }

    /** How often somebody was recorded since the start. */
    public long recordedCount() {
        return recorded.sum();
    }

    /** How many addresses and networks were forgotten early since the start, as there were too many. */
    synchronized long evictedCount() {
        return evicted;
    }

    /** Forgets whom {@link #retention} says. */
    synchronized void removeExpired(Instant now) {
        long before = SeenInterval.toSecond(now.minus(retention()));
        changed |= addresses.removeSeenBefore(before) + networks.removeSeenBefore(before) > 0;
    }

    /** Takes over what was written before, together with what is known since. */
    synchronized void load(boolean network, Origin origin, long first, long last) {
        SeenIntervalMap spans = network ? networks : addresses;
        long known = spans.get(origin);
        if (known == SeenInterval.NEVER) {
            int gone = spans.load(origin, SeenInterval.of(first, last));
            evicted += gone;
            changed |= gone > 0;
        } else {
            extend(spans, origin, last);
            extend(spans, origin, first);
        }
    }

    /** Whether there is something to be written. */
    boolean hasChanges() {
        return changed;
    }

    /** Has all that is known written, as the file is another. */
    synchronized void markAllChanged() {
        addresses.markAllChanged();
        networks.markAllChanged();
        changed = addresses.hasChanges() || networks.hasChanges();
    }

    /**
     * Takes what is to be written.
     *
     * @param most how many addresses, and how many networks, at most
     */
    synchronized VisitChanges takeChanges(int most) {
        VisitChanges taken = new VisitChanges(addresses.takeChanges(most), networks.takeChanges(most));
        changed = addresses.hasChanges() || networks.hasChanges();
        return taken;
    }

    /** Keeps what could not be written for another time. */
    synchronized void restoreChanges(VisitChanges changes) {
        addresses.restoreChanges(changes.addresses());
        networks.restoreChanges(changes.networks());
        changed = addresses.hasChanges() || networks.hasChanges();
    }
}
