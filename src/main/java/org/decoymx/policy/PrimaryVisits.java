package org.decoymx.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongUnaryOperator;
import org.decoymx.net.IpPrefix;

/**
 * Who was seen at a primary MX: when each address, and each IPv4 /24 and IPv6 /64; and on which days mail of a sender
 * was accepted there. Thread-safe. Holds at most 500,000 addresses and as many networks, in about 25 MB for IPv4 and 60
 * MB for IPv6, and the days of 200,000 senders and of their networks in 5 to 13 MB each. When it is full, it evicts the
 * tenth that was seen least recently.
 */
public final class PrimaryVisits {
    private static final int MAX_ADDRESSES = 500_000;
    private static final int MAX_ACCEPTED = 200_000;
    private static final Duration PERIOD = Duration.ofHours(36);
    private static final Duration RETENTION = Duration.ofDays(8);
    private static final Duration CLOCK_TOLERANCE = Duration.ofHours(1);
    private static final Duration ACCEPTED_RETENTION = Duration.ofDays(37);

    private final long periodSeconds;
    private final SeenIntervalMap addresses;
    private final SeenIntervalMap networks;
    private final SeenIntervalMap accepted;
    /** The days of all senders of a network; not written, as those of its senders are. */
    private final SeenIntervalMap acceptedNetworks;

    private final LongAdder recorded = new LongAdder();
    private long evicted;

    /** Nobody was seen yet. */
    public PrimaryVisits() {
        this(PERIOD, MAX_ADDRESSES, MAX_ACCEPTED);
    }

    /** Visits that are no further apart than the period belong together. */
    PrimaryVisits(Duration period, int maxAddresses, int maxAccepted) {
        periodSeconds = period.toSeconds();
        addresses = new SeenIntervalMap(maxAddresses, SeenInterval::last);
        networks = new SeenIntervalMap(maxAddresses, SeenInterval::last);
        accepted = new SeenIntervalMap(maxAccepted, AcceptedDays::lastSecond);
        acceptedNetworks = new SeenIntervalMap(maxAccepted, AcceptedDays::lastSecond);
    }

    /**
     * When an address was seen at a primary.
     *
     * @param first first time; there is no gap longer than 36 hours after it
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
    public record VisitChanges(
            SeenIntervalMap.IntervalChanges addresses,
            SeenIntervalMap.IntervalChanges networks,
            SeenIntervalMap.IntervalChanges accepted) {
        /** Whether there is nothing to be written. */
        public boolean isEmpty() {
            return addresses.isEmpty() && networks.isEmpty() && accepted.isEmpty();
        }
    }

    /**
     * Records a visit; it may have been in the past.
     *
     * @param listed true when the sender is listed itself: then all of its network may be listed
     */
    public synchronized void recordVisit(IpPrefix origin, Instant at, boolean listed) {
        recorded.increment();
        extend(addresses, origin.hostNetwork(), SeenInterval.toSecond(at));
        if (!listed) {
            extend(networks, networkOf(origin), SeenInterval.toSecond(at));
        }
    }

    private void extend(SeenIntervalMap intervals, IpPrefix origin, long at) {
        long before = intervals.get(origin);
        long after = SeenInterval.extend(before, at, periodSeconds);
        if (after != before) {
            evicted += intervals.put(origin, after);
        }
    }

    /** The /64, or the first address of the /24. */
    private static IpPrefix networkOf(IpPrefix origin) {
        return origin.v6()
                ? origin.neighborhood()
                : IpPrefix.ofBits(false, origin.neighborhood().bits());
    }

    /** Whether a visit of an unlisted address of an IPv4 /24 or an IPv6 /64 is remembered. */
    public synchronized boolean remembersNetwork(IpPrefix network) {
        return networks.get(networkOf(network)) != SeenInterval.NEVER;
    }

    /** Records that a primary accepted mail of a sender that was not caught yet. */
    public synchronized void recordAccepted(IpPrefix sender, Instant at) {
        long before = accepted.get(sender);
        long after = new AcceptedDays(before).withDay(SeenInterval.toSecond(at)).bits();
        if (after != before) {
            evicted += accepted.put(sender, after);
            addToNetwork(sender, new AcceptedDays(after));
        }
    }

    private void addToNetwork(IpPrefix sender, AcceptedDays days) {
        IpPrefix network = networkOf(sender);
        AcceptedDays known = new AcceptedDays(acceptedNetworks.get(network));
        acceptedNetworks.load(network, days.and(known).bits());
    }

    /** Whether mail of an IPv4 /24 or an IPv6 /64 was accepted on as many days as make a sender known. */
    synchronized boolean isKnownNetwork(IpPrefix network, TrustSettings settings, long at) {
        return new AcceptedDays(acceptedNetworks.get(networkOf(network))).isKnown(settings, at);
    }

    /** On which days a primary accepted mail of a sender. */
    public synchronized AcceptedDays acceptedDays(IpPrefix sender) {
        return new AcceptedDays(accepted.get(sender));
    }

    /** When the sender itself was seen at a primary; empty when it was not, or too long ago. */
    public synchronized Optional<VisitPeriod> find(IpPrefix origin) {
        long interval = addresses.get(origin.hostNetwork());
        return interval == SeenInterval.NEVER ? Optional.empty() : Optional.of(VisitPeriod.of(interval));
    }

    /** Senders that were not seen for this time are removed; older visits need not be reported. */
    public Duration retention() {
        return RETENTION;
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
        addresses.removeSeenBefore(before);
        networks.removeSeenBefore(before);
        long acceptedBefore = SeenInterval.toSecond(now.minus(ACCEPTED_RETENTION));
        accepted.removeSeenBefore(acceptedBefore);
        acceptedNetworks.removeSeenBefore(acceptedBefore);
    }

    /** Corrects times that were recorded while the clock was ahead. */
    public synchronized void limitTimes(Instant now) {
        long second = SeenInterval.toSecond(now);
        long latest = SeenInterval.toSecond(now.plus(CLOCK_TOLERANCE));
        LongUnaryOperator past = interval -> SeenInterval.of(Math.min(SeenInterval.first(interval), second), second);
        addresses.replaceSeenAfter(latest, past);
        networks.replaceSeenAfter(latest, past);
        LongUnaryOperator pastDays =
                days -> new AcceptedDays(days).limitedTo(second).bits();
        accepted.replaceSeenAfter(latest, pastDays);
        acceptedNetworks.replaceSeenAfter(latest, pastDays);
        // those of networks are not written
        acceptedNetworks.takeChanges(Integer.MAX_VALUE);
    }

    /** Adds a row of the database, and merges it with visits recorded since the start. */
    public synchronized void load(boolean network, IpPrefix origin, long first, long last) {
        SeenIntervalMap intervals = network ? networks : addresses;
        long known = intervals.get(origin);
        if (known == SeenInterval.NEVER) {
            evicted += intervals.load(origin, SeenInterval.of(first, last));
        } else {
            extend(intervals, origin, last);
            extend(intervals, origin, first);
        }
    }

    /** Adds a row of the database with the days on which mail of a sender was accepted. */
    public synchronized void loadAccepted(IpPrefix sender, AcceptedDays days) {
        AcceptedDays known = acceptedDays(sender);
        addToNetwork(sender, days);
        evicted += accepted.load(sender, days.and(known).bits());
    }

    /** Whether there are changes to be written. */
    public synchronized boolean hasChanges() {
        return addresses.hasChanges() || networks.hasChanges() || accepted.hasChanges();
    }

    /** Marks everything as changed, because the database file is new. */
    public synchronized void markAllChanged() {
        addresses.markAllChanged();
        networks.markAllChanged();
        accepted.markAllChanged();
    }

    /**
     * Takes the changes to be written.
     *
     * @param max maximum number of addresses, and of networks
     */
    public synchronized VisitChanges takeChanges(int max) {
        return new VisitChanges(addresses.takeChanges(max), networks.takeChanges(max), accepted.takeChanges(max));
    }

    /** Puts changes back that could not be written. */
    public synchronized void restoreChanges(VisitChanges changes) {
        addresses.restoreChanges(changes.addresses());
        networks.restoreChanges(changes.networks());
        accepted.restoreChanges(changes.accepted());
    }
}
