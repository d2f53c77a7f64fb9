package org.decoymx.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.net.IpPrefix;

/**
 * Visits at the primary MX: when each address, and each network (an IPv4 /24 or an IPv6 /64), was seen there.
 * Thread-safe. Holds at most 500,000 addresses and as many networks, in about 25 MB for IPv4. When it is full, it
 * evicts the tenth that was seen least recently.
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
     * @param window a sender is exempt when it was seen within this time before its session
     */
    public PrimaryVisits(Duration window) {
        this(window, MAX_ADDRESSES);
    }

    /** Holds at most {@code capacity} addresses and as many networks. */
    PrimaryVisits(Duration window, int capacity) {
        this.window = window;
        windowSeconds = window.toSeconds();
        addresses = new SeenIntervalMap(capacity);
        networks = new SeenIntervalMap(capacity);
    }

    /**
     * When an address was seen at a primary.
     *
     * @param first first time; there is no gap longer than the window after it
     * @param last last time
     */
    public record VisitPeriod(Instant first, Instant last) {
        private static VisitPeriod of(long interval) {
            return new VisitPeriod(
                    Instant.ofEpochSecond(SeenInterval.first(interval)),
                    Instant.ofEpochSecond(SeenInterval.last(interval)));
        }
    }

    /** Changes to be written to the database. */
    public record VisitChanges(SeenIntervalMap.IntervalChanges addresses, SeenIntervalMap.IntervalChanges networks) {
        /** Whether there is nothing to be written. */
        public boolean isEmpty() {
            return addresses.isEmpty() && networks.isEmpty();
        }
    }

    /** Records a visit of a sender that is not listed; it may have been in the past. */
    public void recordVisit(IpPrefix origin, Instant at) {
        recordVisit(origin, at, false);
    }

    /**
     * Records a visit; it may have been in the past.
     *
     * @param listed true when the sender is listed: then its network is not exempt, because all of it may be listed
     */
    public synchronized void recordVisit(IpPrefix origin, Instant at, boolean listed) {
        recorded.increment();
        extend(addresses, origin, SeenInterval.toSecond(at));
        if (!origin.v6() && !listed) {
            extend(networks, networkOf(origin), SeenInterval.toSecond(at));
        }
    }

    private void extend(SeenIntervalMap intervals, IpPrefix origin, long at) {
        long before = intervals.get(origin);
        long after = SeenInterval.extend(before, at, windowSeconds);
        if (after != before) {
            evicted += intervals.put(origin, after);
            changed = true;
        }
    }

    private static IpPrefix networkOf(IpPrefix v4) {
        return IpPrefix.ofBits(false, v4.bits() & ~HOST_MASK_24);
    }

    /** Whether a sender, or its IPv4 /24, was seen at a primary within the window before a session. */
    public synchronized boolean wasSeenBefore(IpPrefix origin, Instant session) {
        long at = SeenInterval.toSecond(session);
        return SeenInterval.isWithinWindow(addresses.get(origin), at, windowSeconds)
                || !origin.v6() && SeenInterval.isWithinWindow(networks.get(networkOf(origin)), at, windowSeconds);
    }

    /** Whether an unlisted address of an IPv4 /24 was seen at a primary within the window before a time. */
    public synchronized boolean wasNetworkSeenBefore(IpPrefix first, Instant at) {
        return SeenInterval.isWithinWindow(networks.get(first), SeenInterval.toSecond(at), windowSeconds);
    }

    /** When the sender itself was seen at a primary; empty when it was not, or too long ago. */
    public synchronized Optional<VisitPeriod> find(IpPrefix origin) {
        long interval = addresses.get(origin);
        return interval == SeenInterval.NEVER ? Optional.empty() : Optional.of(VisitPeriod.of(interval));
    }

    /** A sender is exempt when it was seen at a primary within this time before its session. */
    public Duration window() {
        return window;
    }

    /** Senders that were not seen for this time are removed; older visits need not be reported. */
    public Duration retention() {
        return (window.compareTo(MIN_RETENTION) > 0 ? window : MIN_RETENTION).plusDays(1);
    }

    /** Number of addresses. */
    public synchronized int size() {
        return addresses.size();
    }

    /** Number of visits recorded since the start. */
    public long recordedCount() {
        return recorded.sum();
    }

    /** Number of addresses and networks evicted since the start. */
    public synchronized long evictedCount() {
        return evicted;
    }

    /** Removes senders that were not seen for {@link #retention}. */
    public synchronized void removeExpired(Instant now) {
        long before = SeenInterval.toSecond(now.minus(retention()));
        changed |= addresses.removeSeenBefore(before) + networks.removeSeenBefore(before) > 0;
    }

    /** Adds a row of the database, and merges it with visits recorded since the start. */
    public synchronized void load(boolean network, IpPrefix origin, long first, long last) {
        SeenIntervalMap intervals = network ? networks : addresses;
        long known = intervals.get(origin);
        if (known == SeenInterval.NEVER) {
            int evictedNow = intervals.load(origin, SeenInterval.of(first, last));
            evicted += evictedNow;
            changed |= evictedNow > 0;
        } else {
            extend(intervals, origin, last);
            extend(intervals, origin, first);
        }
    }

    /** Whether there are changes to be written. */
    public boolean hasChanges() {
        return changed;
    }

    /** Marks everything as changed, because the database file is new. */
    public synchronized void markAllChanged() {
        addresses.markAllChanged();
        networks.markAllChanged();
        changed = addresses.hasChanges() || networks.hasChanges();
    }

    /**
     * Takes the changes to be written.
     *
     * @param max maximum number of addresses, and of networks
     */
    public synchronized VisitChanges takeChanges(int max) {
        VisitChanges taken = new VisitChanges(addresses.takeChanges(max), networks.takeChanges(max));
        changed = addresses.hasChanges() || networks.hasChanges();
        return taken;
    }

    /** Puts changes back that could not be written. */
    public synchronized void restoreChanges(VisitChanges changes) {
        addresses.restoreChanges(changes.addresses());
        networks.restoreChanges(changes.networks());
        changed = addresses.hasChanges() || networks.hasChanges();
    }
}
