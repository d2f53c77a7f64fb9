package org.decoymx.exemption;

import java.net.InetAddress;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.decoymx.ledger.Inquiry;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.Exempt;
import org.decoymx.policy.Exemption;
import org.decoymx.sighting.Sighting;
import org.jspecify.annotations.Nullable;

/**
 * Asks zones in the manner of DNSWL for a sender before it is counted. While a zone does not answer new senders do not
 * count, as each may be on it. Any thread.
 */
public final class Dnswl implements Inquiry, Exemption.Allowlist {
    private static final int MAX_PENDING = 10_000;
    private static final int MAX_WAITING = 50_000;
    private static final int MAX_CLEARED = 10_000;

    private final List<DnswlZone> zones;
    private final Exempt exempt;
    private final Effects effects;
    private final HeardCache heard;
    private final Map<Origin, Turn> pending = new HashMap<>();
    private final Set<Origin> cleared = new HashSet<>();
    private int waiting;
    private boolean settling;
    private boolean stopping;

    /**
     * @param exempt whose networks decide before any zone is asked
     */
    Dnswl(List<DnswlZone> zones, Exempt exempt, Effects effects, Clock clock) {
        this.zones = List.copyOf(zones);
        this.exempt = exempt;
        this.effects = effects;
        heard = new HeardCache(clock);
    }

    /** What follows from answers, a while later. */
    interface Effects {

        /** Runs something once, in half a minute or so. */
        void later(Runnable task);

        /** Takes those off the list who turned out to be on an allowlist. */
        void pardon(Set<Origin> origins);
    }

    /** Sightings of one sender that wait for the answer, or for those before them to go on. */
    private static final class Turn {
        private final Deque<Runnable> counts = new ArrayDeque<>();
        private boolean answered;
    }

    @Override
    public void before(Sighting sighting, Runnable count) {
        Origin origin = Origin.of(sighting.address());
        boolean ask = false;
        boolean full = false;
        Turn turn;
        synchronized (this) {
            turn = pending.get(origin);
            if (turn == null && isToBeAskedFor(sighting, origin)) {
                turn = new Turn();
                full = stopping || pending.size() >= MAX_PENDING;
                ask = !full;
                pending.put(origin, turn);
            } else if (turn != null) {
                full = waiting >= MAX_WAITING;
            }
            if (turn != null) {
                turn.counts.add(count);
                waiting++;
            }
        }
        if (turn == null) {
            count.run();
        } else if (ask) {
            ask(origin, sighting.address(), turn);
        } else if (full) {
            conclude(origin, turn, Heard.FAILURE);
        }
    }

    /** A session without a recipient of ours and without bad manners counts for nothing anyway. */
    private boolean isToBeAskedFor(Sighting sighting, Origin origin) {
        return !zones.isEmpty()
                && (sighting.notes().protectedRecipients() > 0
                        || !sighting.traits().isEmpty())
                && !heard.isFresh(origin)
                && !exempt.covers(origin);
    }

    private void ask(Origin origin, InetAddress address, Turn turn) {
        List<CompletableFuture<Heard>> asked =
                zones.stream().map(zone -> zone.ask(address)).toList();
        CompletableFuture<?> all = CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new));
        CompletableFuture<?> unused = all.whenComplete((done, never) -> conclude(
                origin, turn, asked.stream().map(CompletableFuture::join).reduce(Heard.NOTHING, Dnswl::weightier)));
    }

    /** Who is on one list is exempt, whatever the others say, or fail to say; and a failure outweighs a no. */
    private static Heard weightier(Heard one, Heard other) {
        boolean first = one.isListed() || other.equals(Heard.NOTHING);
        return first ? one : other;
    }

    private void conclude(Origin origin, Turn turn, Heard answer) {
        boolean settle;
        synchronized (this) {
            if (turn.answered) {
                return;
            }
            turn.answered = true;
            heard.put(origin, answer);
            settle = note(origin, answer);
        }
        if (settle) {
            effects.later(this::settle);
        }
        goOn(origin, turn);
    }

    /** Lets sightings go on one after the other, also those that come meanwhile. */
    private void goOn(Origin origin, Turn turn) {
        Runnable next = next(origin, turn);
        while (next != null) {
            next.run();
            next = next(origin, turn);
        }
    }

    private synchronized @Nullable Runnable next(Origin origin, Turn turn) {
        Runnable next = turn.counts.poll();
        if (next == null) {
            pending.remove(origin);
        } else {
            waiting--;
        }
        return next;
    }

    /** Whether there is something to settle for the first time. */
    private boolean note(Origin origin, Heard answer) {
        if (!answer.isListed() || cleared.size() >= MAX_CLEARED) {
            return false;
        }
        cleared.add(origin);
        boolean first = !settling && !stopping;
        settling |= first;
        return first;
    }

    private void settle() {
        Set<Origin> off;
        synchronized (this) {
            off = Set.copyOf(cleared);
            cleared.clear();
            settling = false;
        }
        effects.pardon(off);
    }

    /** Lets all that waits go on at once, and nothing wait from now on. */
    void stop() {
        Map<Origin, Turn> all;
        synchronized (this) {
            stopping = true;
            all = Map.copyOf(pending);
        }
        all.forEach((origin, turn) -> conclude(origin, turn, Heard.FAILURE));
    }

    @Override
    public @Nullable String find(Origin origin) {
        Heard known = heard.find(origin);
        return known == null ? null : known.exemption();
    }

    @Override
    public boolean isUnanswered(Origin origin) {
        return Heard.FAILURE.equals(heard.find(origin));
    }

    /** Each zone, and why it did not answer its latest question. */
    public Map<String, Optional<String>> zones() {
        Map<String, Optional<String>> all = new LinkedHashMap<>();
        zones.forEach(zone -> all.put(zone.name(), zone.failure()));
        return all;
    }

    /** Questions to zones since the start. */
    public long questions() {
        return zones.stream().mapToLong(DnswlZone::questions).sum();
    }

    /** Those of them that were not answered. */
    public long failures() {
        return zones.stream().mapToLong(DnswlZone::failures).sum();
    }
}
