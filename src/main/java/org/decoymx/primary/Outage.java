package org.decoymx.primary;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Since when nothing counts because a primary MX is down, or was until shortly before. As nobody knows when between two
 * looks it went down, that is from the last good one on, until a grace time after all hosts are up again. Nor does anything
 * count after a start until each host was found up. Any thread may ask.
 */
public final class Outage {
    private static final int MAX_PAST = 4;

    private final Duration grace;
    private final Instant start;
    private final Map<Host, Watched> hosts = new LinkedHashMap<>();
    private final Map<Host, Instant> lastGood = new LinkedHashMap<>();
    private final Deque<Gap> past = new ArrayDeque<>();
    private @Nullable Gap current;
    private volatile long changes;
    private volatile long version;

    /** Nobody is watched, and everything counts. */
    public Outage() {
        this(List.of(), Duration.ZERO, Instant.EPOCH);
    }

    /**
     * Nothing counts yet.
     *
     * @param watched the primary MX hosts
     * @param grace how long after all of them are up again nothing counts
     * @param start when the watch began
     */
    public Outage(Collection<Host> watched, Duration grace, Instant start) {
        this.grace = grace;
        this.start = start;
        watched.forEach(host -> hosts.put(host, new Watched(host, Status.UNKNOWN, start, "")));
        current = hosts.isEmpty() ? null : new Gap(start, new TreeSet<>(), null);
    }

    /** How a host was found. */
    public enum Status {
        /** Not looked at yet. */
        UNKNOWN,
        UP,
        DOWN
    }

    /**
     * A host that is watched.
     *
     * @param since when it was found so for the first time
     * @param why what is wrong with it, in words; empty unless it is down
     */
    public record Watched(Host host, Status status, Instant since, String why) {}

    /**
     * What must outlive the process.
     *
     * @param gaps the outages, the oldest first
     * @param lastGood when each host was last found up
     */
    record State(List<Gap> gaps, Map<String, Instant> lastGood) {}

    /** Whether a session at a moment does not count. */
    public boolean covers(Instant at) {
        return gap(at).isPresent();
    }

    /** Why a session at a moment does not count, as a part of a sentence; empty when it does. */
    public Optional<String> words(Instant at) {
        return gap(at).map(gap -> gap.words(grace));
    }

    private synchronized Optional<Gap> gap(Instant at) {
        return gaps().filter(gap -> gap.covers(at, grace))
                .reduce((one, other) -> one.isOutage() && !other.isOutage() ? one : other);
    }

    private Stream<Gap> gaps() {
        return Stream.concat(past.stream(), Stream.ofNullable(current));
    }

    /** When everything counts again that does not now; empty when it does, or when nobody knows. */
    public synchronized Optional<Instant> countsAgain(Instant now) {
        if (gaps().anyMatch(Gap::isOpen)) {
            return Optional.empty();
        }
        return gaps().filter(gap -> gap.covers(now, grace))
                .flatMap(gap -> Stream.ofNullable(gap.end(grace)))
                .max(Instant::compareTo);
    }

    /** Who is watched, and how they were found. */
    public synchronized List<Watched> hosts() {
        return List.copyOf(hosts.values());
    }

    /** Whether a host was up when it was last looked at. */
    public synchronized boolean isUp(Host host) {
        Watched found = hosts.get(host);
        return found != null && found.status() == Status.UP;
    }

    /** How often a host was found up that was down before, or down that was up. */
    public long changes() {
        return changes;
    }

    /**
     * Notes that a host is up.
     *
     * @param begun when that look began
     * @param ended when it was over
     * @return whether it was not known to be
     */
    synchronized boolean good(Host host, Instant begun, Instant ended) {
        Status before = status(host);
        lastGood.put(host, begun);
        if (before == Status.UP) {
            return false;
        }
        hosts.put(host, new Watched(host, Status.UP, ended, ""));
        changes += before == Status.DOWN ? 1 : 0;
        Gap open = current;
        if (open != null && open.isOpen() && hosts.values().stream().allMatch(all -> all.status() == Status.UP)) {
            current = open.recoveredAt(ended);
        }
        version++;
        return true;
    }

    /**
     * Notes that a host is down.
     *
     * @param at when it was found so
     * @return since when nothing counts for that, when it was not known to be down
     */
    synchronized Optional<Instant> bad(Host host, Instant at, String why) {
        Status before = status(host);
        if (before == Status.DOWN) {
            return Optional.empty();
        }
        hosts.put(host, new Watched(host, Status.DOWN, at, why));
        changes += before == Status.UP ? 1 : 0;
        Instant from = lastGood.getOrDefault(host, start);
        begin(host.toString(), from);
        version++;
        return Optional.of(from);
    }

    private void begin(String host, Instant from) {
        Gap before = current;
        Instant end = before == null ? null : before.end(grace);
        if (before != null && (end == null || !from.isAfter(end))) {
            current = before.with(host, from);
            return;
        }
        keep(before);
        current = new Gap(from, new TreeSet<>(List.of(host)), null);
    }

    private void keep(@Nullable Gap gap) {
        if (gap != null) {
            past.addLast(gap);
        }
        while (past.size() > MAX_PAST) {
            past.removeFirst();
        }
    }

    private Status status(Host host) {
        Watched found = hosts.get(host);
        if (found == null) {
            throw new IllegalArgumentException(host + " is not watched");
        }
        return found.status();
    }

    /** A number that is another whenever {@link #state} is to be kept anew. */
    long version() {
        return version;
    }

    synchronized State state() {
        Map<String, Instant> good = new TreeMap<>();
        lastGood.forEach((host, at) -> good.put(host.toString(), at));
        return new State(new ArrayList<>(gaps().filter(Gap::isOutage).toList()), good);
    }

    /**
     * Takes over what was kept by the process before. An outage that was not over is not until each host was found up.
     *
     * @param now what is later was told by a clock that was fast
     */
    synchronized void restore(State kept, Instant now) {
        if (hosts.isEmpty()) {
            return;
        }
        hosts.keySet().stream()
                .filter(host -> kept.lastGood().containsKey(host.toString()))
                .forEach(host ->
                        lastGood.computeIfAbsent(host, of -> kept.lastGood().get(of.toString())));
        lastGood.values().removeIf(at -> at.isAfter(now));
        for (Gap gap : kept.gaps()) {
            Instant recovered = gap.recovered();
            Gap open = current;
            if (recovered != null) {
                keep(recovered.isAfter(now) ? gap.recoveredAt(now) : gap);
            } else if (open != null && open.isOpen()) {
                Gap both = open;
                for (String host : gap.hosts()) {
                    both = both.with(host, gap.from());
                }
                current = both;
            }
        }
    }
}
