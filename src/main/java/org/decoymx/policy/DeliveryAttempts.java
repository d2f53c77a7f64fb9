package org.decoymx.policy;

import it.unimi.dsi.fastutil.HashCommon;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.AttemptLog.Attempt;
import org.decoymx.policy.AttemptLog.AttemptKey;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.Sighting;

/**
 * Who was put off at a primary lately. A mail server that a primary puts off tries the next MX at once, so its catch at
 * the decoy does not count: if it belongs to the same delivery attempt, by its recipient and network, or by its
 * envelope. A message that the primary accepted, or refused for good, excuses nothing. In memory only: after a start
 * the decoy does not know who was put off before. Thread-safe.
 */
public final class DeliveryAttempts {
    /** How long a deferral excuses the same recipient and the same envelope. */
    private static final long ATTEMPT = Duration.ofHours(1).toSeconds();
    /** How long a visit excuses its address, if nothing more is known of it. */
    private static final long ADDRESS = Duration.ofMinutes(15).toSeconds();
    /** The clocks of a primary and of the decoy may differ by this much. */
    private static final long CLOCK_TOLERANCE = 10;
    /** The log has the time at which a session began, and the policy service is asked later in it. */
    private static final long SESSION = Duration.ofMinutes(5).toSeconds();
    /** Longer than what excuses, as catches may be judged some minutes later. */
    private static final long VISITS_KEPT = ATTEMPT + 3 * SESSION;
    /** Visits may be reported this much later. */
    private static final long CATCHES_KEPT = Duration.ofHours(24).toSeconds();

    private static final int MAX_VISITS = 1 << 20;
    private static final int CATCH_SHARE = 4;
    /** Measured, with what G1 wastes on large arrays. */
    private static final long OCTETS_OF_VISIT = 100;
    /** How many attempts with an envelope are looked at for its result, which is among the latest. */
    private static final int MAX_RESULTS = 10;

    private static final long HEAP_SHARE = 16;
    private static final int V4_NETWORK = 24;

    private long start;
    private final AttemptLog visits;
    private final AttemptLog catches;
    private final UndecidedCatches undecided = new UndecidedCatches();

    /**
     * Uses a sixteenth of the heap for visits at most, and a quarter of that for catches.
     *
     * @param start seconds since 1970; of what was before, nothing is known
     */
    public DeliveryAttempts(long start) {
        this(start, (int) Math.min(MAX_VISITS, Runtime.getRuntime().maxMemory() / HEAP_SHARE / OCTETS_OF_VISIT));
    }

    DeliveryAttempts(long start, int capacity) {
        this.start = start;
        visits = new AttemptLog(capacity);
        catches = new AttemptLog(capacity / CATCH_SHARE, true);
    }

    /** A catch that should not have counted, with {@link CaughtEnvelopes#at}. */
    public record ExcusedCatch(IpPrefix sender, long at) {}

    /**
     * Records what a primary reported; it may have been in the past.
     *
     * @param now seconds since 1970
     */
    public synchronized void recordVisit(PrimaryAttempt visit, long now) {
        visits.removeOutside(now - VISITS_KEPT, now + ATTEMPT);
        visits.limitDroppedUntil(now);
        boolean isUseless = visit.isFinal() && visit.envelope() == 0;
        if (!isUseless && visit.at() >= now - VISITS_KEPT) {
            visits.add(toAttempt(visit));
        }
    }

    /** The clock was set: how long before a catch a visit was is not known; see {@link #reachesBack}. */
    public synchronized void restartAt(long now) {
        start = now;
    }

    /** Without a recipient, only the address can be compared. */
    private static Attempt toAttempt(PrimaryAttempt visit) {
        return visit.result() == null || visit.recipient() == 0 && !visit.isFinal()
                ? new Attempt(visit.client(), visit.at(), addressPlace(visit.client()), 0, null)
                : new Attempt(
                        visit.client(),
                        visit.at(),
                        place(visit.recipient(), visit.client()),
                        visit.envelope(),
                        visit.result());
    }

    /** Records a transaction that counts for its address, or the /64 around it, in case a visit is reported late. */
    public synchronized void recordCatch(IpPrefix sender, IpPrefix address, CaughtEnvelopes caught) {
        catches.removeBefore(caught.at() - CATCHES_KEPT);
        catches.add(new Attempt(sender, caught.at(), addressPlace(address), 0, null));
        for (int i = 0; i < caught.hashes().size(); i++) {
            long place = place(caught.recipientHashes().getLong(i), sender);
            catches.add(new Attempt(sender, caught.at(), place, caught.hashes().getLong(i), null));
        }
    }

    /** Those of the refused transactions that count: the sender was not put off at a primary with any of these. */
    public List<CaughtEnvelopes> findCounted(IpPrefix sender, List<CaughtEnvelopes> caught) {
        return caught.stream()
                .filter(transaction -> !isExcused(sender, transaction))
                .toList();
    }

    private boolean isExcused(IpPrefix sender, CaughtEnvelopes caught) {
        boolean found = isExcused(AttemptKey.PLACE, addressPlace(sender), caught.at());
        for (int i = 0; !found && i < caught.hashes().size(); i++) {
            found = isExcused(AttemptKey.ENVELOPE, caught.hashes().getLong(i), caught.at())
                    || isExcused(
                            AttemptKey.PLACE, place(caught.recipientHashes().getLong(i), sender), caught.at());
        }
        return found;
    }

    /** Holds the lock for one key only, as the policy service must not wait for a message to 100 recipients. */
    private synchronized boolean isExcused(AttemptKey by, long key, long caughtAt) {
        return visits.anyMatch(by, key, visit -> excuses(visit, caughtAt));
    }

    /** Remembers the transactions of a sighting that do not count, until it is known what became of their messages. */
    void holdExcused(IpPrefix sender, Sighting sighting, List<CaughtEnvelopes> counted) {
        for (CaughtEnvelopes transaction : sighting.caught()) {
            if (!counted.contains(transaction)) {
                undecided.add(sender, sighting.withCaught(transaction));
            }
        }
    }

    /**
     * The sightings that count after all, because the message had been accepted, or refused for good, before.
     *
     * @param reported visits that are recorded already
     */
    public List<Sighting> releaseDecided(List<PrimaryAttempt> reported) {
        List<Sighting> counted = new ArrayList<>();
        for (PrimaryAttempt visit : reported) {
            UndecidedCatches.Held held = visit.isFinal() ? undecided.find(visit.envelope()) : null;
            if (held != null && !isExcused(held.sender(), held.transaction())) {
                undecided.remove(held);
                counted.add(held.sighting());
            }
        }
        return counted;
    }

    /**
     * The catches that visits excuse which were reported later.
     *
     * @param reported visits that are recorded already
     */
    public Set<ExcusedCatch> findExcused(List<PrimaryAttempt> reported) {
        Set<ExcusedCatch> excused = new LinkedHashSet<>();
        reported.forEach(visit -> addExcused(toAttempt(visit), excused));
        return excused;
    }

    /** Holds the lock for one visit only, as the policy service must not wait for a long report. */
    private synchronized void addExcused(Attempt visit, Set<ExcusedCatch> excused) {
        Predicate<Attempt> collect = caught -> {
            if (excuses(visit, caught.at())) {
                excused.add(new ExcusedCatch(caught.client(), caught.at()));
            }
            return false;
        };
        catches.anyMatch(AttemptKey.PLACE, visit.place(), collect);
        if (visit.envelope() != 0) {
            catches.anyMatch(AttemptKey.ENVELOPE, visit.envelope(), collect);
        }
    }

    /**
     * Whether a visit of which only the address is known excuses a catch of that address.
     *
     * @param visitAt seconds since 1970
     */
    public static boolean excusesAddress(long visitAt, long caughtAt) {
        return caughtAt >= visitAt - CLOCK_TOLERANCE && caughtAt <= visitAt + ADDRESS;
    }

    /** The policy service has the clock of the decoy; a log has another one. */
    private boolean excuses(Attempt visit, long caughtAt) {
        VisitResult result = visit.result();
        long tolerance = result == VisitResult.ASKED ? 0 : CLOCK_TOLERANCE;
        long age = caughtAt - visit.at();
        return age >= -tolerance
                && age <= (result == null ? ADDRESS : ATTEMPT)
                && !visit.isFinal()
                && (result == null || !isSettled(visit, caughtAt));
    }

    /** Whether the message was accepted or refused for good after all, before the catch, from the same network. */
    private boolean isSettled(Attempt visit, long caughtAt) {
        long since = visit.result() == VisitResult.ASKED ? visit.at() - SESSION : visit.at() + 1;
        return visit.envelope() != 0
                && visits.anyMatch(
                        AttemptKey.ENVELOPE,
                        visit.envelope(),
                        MAX_RESULTS,
                        other -> other.isFinal()
                                && other.at() >= since
                                && other.at() <= caughtAt
                                && network(other.client()) == network(visit.client()));
    }

    /**
     * Whether a visit of the last hour would be remembered: not after a start, after the clock was set, nor during a
     * flood. Then who was caught may have been put off before.
     *
     * @param abandonedAfter if an envelope is abandoned sooner than an hour, so much is enough
     */
    public synchronized boolean reachesBack(long at, Duration abandonedAfter) {
        return at - Math.max(start, visits.droppedUntil()) >= Math.min(ATTEMPT, abandonedAfter.toSeconds());
    }

    /** Number of visits in memory. */
    public synchronized int size() {
        return visits.size();
    }

    private static long place(long recipient, IpPrefix client) {
        return recipient ^ HashCommon.mix(network(client));
    }

    private static long addressPlace(IpPrefix client) {
        return HashCommon.mix(
                ~(client.v6() ? client.high() ^ HashCommon.mix(client.low()) : client.bits() | 1L << Integer.SIZE));
    }

    /** The IPv4 /24 or the IPv6 /64 of a client; no /64 that hosts have is among the first. */
    private static long network(IpPrefix client) {
        return client.v6() ? client.bits() : client.bits() >>> Integer.SIZE - V4_NETWORK;
    }
}
