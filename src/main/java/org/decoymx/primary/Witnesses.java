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
public final class Witnesses {
    private static final int MOST = 500_000;
    private static final Duration WEEK = Duration.ofDays(7);
    private static final long HOST_OF_24 = 0xff;

    private final Duration window;
    private final long windowSeconds;
    private final Spans addresses;
    private final Spans networks;
    private final LongAdder recorded = new LongAdder();
    private volatile boolean changed;
    private long crowdedOut;

    /**
     * @param window how long before its session a sender must have been seen at a primary to be exempt
     */
    public Witnesses(Duration window) {
        this(window, MOST);
    }

    /** Knows so many addresses at most, and as many networks. */
    Witnesses(Duration window, int most) {
        this.window = window;
        windowSeconds = window.toSeconds();
        addresses = new Spans(most);
        networks = new Spans(most);
    }

    /**
     * When an address was seen at a primary.
     *
     * @param first the first time, with no pause longer than the window since
     * @param last the latest time
     */
    public record Seen(Instant first, Instant last) {
        private static Seen of(long span) {
            return new Seen(Instant.ofEpochSecond(Span.first(span)), Instant.ofEpochSecond(Span.last(span)));
        }
    }

    /** What of all this is to be written. */
    record Changes(Spans.Changes addresses, Spans.Changes networks) {
        boolean isEmpty() {
            return addresses.isEmpty() && networks.isEmpty();
        }
    }

    /** Records that somebody who is not listed talked to a primary, perhaps a while ago. */
    public void record(Origin origin, Instant at) {
        record(origin, at, false);
    }

    /**
     * Records that somebody talked to a primary, perhaps a while ago.
     *
     * @param listed then it does not speak for its network, all of which may be listed, or come to be
     */
    public synchronized void record(Origin origin, Instant at, boolean listed) {
        recorded.increment();
        extend(addresses, origin, Span.second(at));
        if (!origin.v6() && !listed) {
            extend(networks, network(origin), Span.second(at));
        }
    }

    private void extend(Spans spans, Origin origin, long at) {
        long before = spans.get(origin);
        long after = Span.with(before, at, windowSeconds);
        if (after != before) {
            crowdedOut += spans.put(origin, after);
            changed = true;
        }
    }

    private static Origin network(Origin v4) {
        return new Origin(false, v4.bits() & ~HOST_OF_24);
    }

    /** Whether an origin, or its IPv4 /24, was seen at a primary within the window before a moment. */
    public synchronized boolean wasSeenBefore(Origin origin, Instant session) {
        long at = Span.second(session);
        return Span.reaches(addresses.get(origin), at, windowSeconds)
                || !origin.v6() && Span.reaches(networks.get(network(origin)), at, windowSeconds);
    }

    /** The same of an IPv4 /24, of which an address that is not listed was seen. */
    public synchronized boolean wasNetworkSeenBefore(Origin first, Instant at) {
        return Span.reaches(networks.get(first), Span.second(at), windowSeconds);
    }

    /** When the origin itself was seen at a primary; empty when it was not, or too long ago. */
    public synchronized Optional<Seen> find(Origin origin) {
        long span = addresses.get(origin);
        return span == Span.NEVER ? Optional.empty() : Optional.of(Seen.of(span));
    }

    /** How long before its session a sender must have been seen at a primary to be exempt. */
    public Duration window() {
        return window;
    }

    /** Whoever was not seen for so long is forgotten, and what is older need not be told. */
    public Duration kept() {
        return (window.compareTo(WEEK) > 0 ? window : WEEK).plusDays(1);
    }

    /** How many addresses are known. */
    public synchronized int size() {
        return addresses.size();
    }

    /** How often somebody was recorded since the start. */
    public long recorded() {
        return recorded.sum();
    }

    /** How many addresses and networks were forgotten early since the start, as there were too many. */
    synchronized long crowdedOut() {
        return crowdedOut;
    }

    /** Forgets whom {@link #kept} says. */
    synchronized void forget(Instant now) {
        long before = Span.second(now.minus(kept()));
        changed |= addresses.forget(before) + networks.forget(before) > 0;
    }

    /** Takes over what was written before, together with what is known since. */
    synchronized void load(boolean network, Origin origin, long first, long last) {
        Spans spans = network ? networks : addresses;
        long known = spans.get(origin);
        if (known == Span.NEVER) {
            int gone = spans.load(origin, Span.of(first, last));
            crowdedOut += gone;
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
    synchronized void touchAll() {
        addresses.touchAll();
        networks.touchAll();
        changed = addresses.hasChanges() || networks.hasChanges();
    }

    /**
     * Takes what is to be written.
     *
     * @param most how many addresses, and how many networks, at most
     */
    synchronized Changes take(int most) {
        Changes taken = new Changes(addresses.take(most), networks.take(most));
        changed = addresses.hasChanges() || networks.hasChanges();
        return taken;
    }

    /** Keeps what could not be written for another time. */
    synchronized void giveBack(Changes changes) {
        addresses.giveBack(changes.addresses());
        networks.giveBack(changes.networks());
        changed = addresses.hasChanges() || networks.hasChanges();
    }
}
