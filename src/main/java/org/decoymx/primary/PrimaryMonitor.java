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
public final class PrimaryMonitor {
    private static final int MAX_PAST_WINDOWS = 4;

    private final Duration grace;
    private final Instant start;
    private final Map<PrimaryHost, HostStatus> hosts = new LinkedHashMap<>();
    private final Map<PrimaryHost, Instant> lastUpAt = new LinkedHashMap<>();
    private final Deque<OutageWindow> pastWindows = new ArrayDeque<>();
    private @Nullable OutageWindow currentWindow;
    private volatile long transitions;
    private volatile long version;

    /** Nobody is watched, and everything counts. */
    public PrimaryMonitor() {
        this(List.of(), Duration.ZERO, Instant.EPOCH);
    }

    /**
     * Nothing counts yet.
     *
     * @param watched the primary MX hosts
     * @param grace how long after all of them are up again nothing counts
     * @param start when the watch began
     */
    public PrimaryMonitor(Collection<PrimaryHost> watched, Duration grace, Instant start) {
        this.grace = grace;
        this.start = start;
        watched.forEach(host -> hosts.put(host, new HostStatus(host, HostState.UNKNOWN, start, "")));
        currentWindow = hosts.isEmpty() ? null : new OutageWindow(start, new TreeSet<>(), null);
    }

    /** How a host was found. */
    public enum HostState {
        /** Not looked at yet. */
        UNKNOWN,
        UP,
        DOWN
    }

    /**
     * A host that is watched.
     *
     * @param since when it was found so for the first time
     * @param error what is wrong with it, in words; empty unless it is down
     */
    public record HostStatus(PrimaryHost host, HostState state, Instant since, String error) {}

    /**
     * What must outlive the process.
     *
     * @param windows the outages, the oldest first
     * @param lastUpAt when each host was last found up
     */
    record MonitorSnapshot(List<OutageWindow> windows, Map<String, Instant> lastUpAt) {}

    /** Whether a session at a moment does not count. */
    public boolean isScoringPaused(Instant at) {
        return findWindow(at).isPresent();
    }

    /** Why a session at a moment does not count, as a part of a sentence; empty when it does. */
    public Optional<String> describePause(Instant at) {
        return findWindow(at).map(gap -> gap.describe(grace));
    }

    private synchronized Optional<OutageWindow> findWindow(Instant at) {
        return windows()
                .filter(gap -> gap.covers(at, grace))
                .reduce((one, other) -> one.isOutage() && !other.isOutage() ? one : other);
    }

    private Stream<OutageWindow> windows() {
        return Stream.concat(pastWindows.stream(), Stream.ofNullable(currentWindow));
    }

    /** When everything counts again that does not now; empty when it does, or when nobody knows. */
    public synchronized Optional<Instant> scoringResumesAt(Instant now) {
        if (windows().anyMatch(OutageWindow::isOpen)) {
            return Optional.empty();
        }
        return windows()
                .filter(gap -> gap.covers(now, grace))
                .flatMap(gap -> Stream.ofNullable(gap.endsAt(grace)))
                .max(Instant::compareTo);
    }

    /** Who is watched, and how they were found. */
    public synchronized List<HostStatus> hosts() {
        return List.copyOf(hosts.values());
    }

    /** Whether a host was up when it was last looked at. */
    public synchronized boolean isUp(PrimaryHost host) {
        HostStatus found = hosts.get(host);
        return found != null && found.state() == HostState.UP;
    }

    /** How often a host was found up that was down before, or down that was up. */
    public long transitionCount() {
        return transitions;
    }

    /**
     * Notes that a host is up.
     *
     * @param begun when that look began
     * @param ended when it was over
     * @return whether it was not known to be
     */
    synchronized boolean markUp(PrimaryHost host, Instant begun, Instant ended) {
        HostState before = stateOf(host);
        lastUpAt.put(host, begun);
        if (before == HostState.UP) {
            return false;
        }
        hosts.put(host, new HostStatus(host, HostState.UP, ended, ""));
        transitions += before == HostState.DOWN ? 1 : 0;
        OutageWindow open = currentWindow;
        if (open != null && open.isOpen() && hosts.values().stream().allMatch(all -> all.state() == HostState.UP)) {
            currentWindow = open.withRecovery(ended);
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
    synchronized Optional<Instant> markDown(PrimaryHost host, Instant at, String why) {
        HostState before = stateOf(host);
        if (before == HostState.DOWN) {
            return Optional.empty();
        }
        hosts.put(host, new HostStatus(host, HostState.DOWN, at, why));
        transitions += before == HostState.UP ? 1 : 0;
        Instant from = lastUpAt.getOrDefault(host, start);
        openWindow(host.toString(), from);
        version++;
        return Optional.of(from);
    }

    private void openWindow(String host, Instant from) {
        OutageWindow before = currentWindow;
        Instant end = before == null ? null : before.endsAt(grace);
        if (before != null && (end == null || !from.isAfter(end))) {
            currentWindow = before.withHost(host, from);
            return;
        }
        archive(before);
        currentWindow = new OutageWindow(from, new TreeSet<>(List.of(host)), null);
    }

    private void archive(@Nullable OutageWindow gap) {
        if (gap != null) {
            pastWindows.addLast(gap);
        }
        while (pastWindows.size() > MAX_PAST_WINDOWS) {
            pastWindows.removeFirst();
        }
    }

    private HostState stateOf(PrimaryHost host) {
        HostStatus found = hosts.get(host);
        if (found == null) {
            throw new IllegalArgumentException(host + " is not watched");
        }
        return found.state();
    }

    /** A number that is another whenever {@link #snapshot} is to be kept anew. */
    long version() {
        return version;
    }

    synchronized MonitorSnapshot snapshot() {
        Map<String, Instant> good = new TreeMap<>();
        lastUpAt.forEach((host, at) -> good.put(host.toString(), at));
        return new MonitorSnapshot(
                new ArrayList<>(windows().filter(OutageWindow::isOutage).toList()), good);
    }

    /**
     * Takes over what was kept by the process before. An outage that was not over is not until each host was found up.
     *
     * @param now what is later was told by a clock that was fast
     */
    synchronized void restore(MonitorSnapshot kept, Instant now) {
        if (hosts.isEmpty()) {
            return;
        }
        hosts.keySet().stream()
                .filter(host -> kept.lastUpAt().containsKey(host.toString()))
                .forEach(host ->
                        lastUpAt.computeIfAbsent(host, of -> kept.lastUpAt().get(of.toString())));
        lastUpAt.values().removeIf(at -> at.isAfter(now));
        for (OutageWindow gap : kept.windows()) {
            Instant recovered = gap.recovered();
            OutageWindow open = currentWindow;
            if (recovered != null) {
                archive(recovered.isAfter(now) ? gap.withRecovery(now) : gap);
            } else if (open != null && open.isOpen()) {
                OutageWindow both = open;
                for (String host : gap.hosts()) {
                    both = both.withHost(host, gap.from());
                }
                currentWindow = both;
            }
        }
    }
}
