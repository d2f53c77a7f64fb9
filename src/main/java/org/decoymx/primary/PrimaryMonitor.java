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
 * Tracks the state of the primary MX hosts, and when scoring is paused. An outage begins at the last successful probe,
 * because the host may have gone down at any time after it. It ends a grace period after all hosts are up again.
 * Scoring is also paused after a start until each host was found up. Thread-safe.
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

    /** Monitors no hosts; scoring is never paused. */
    public PrimaryMonitor() {
        this(List.of(), Duration.ZERO, Instant.EPOCH);
    }

    /**
     * Scoring is paused until each host was found up.
     *
     * @param monitored the primary MX hosts
     * @param grace how long scoring stays paused after all hosts are up again
     * @param start when monitoring began
     */
    public PrimaryMonitor(Collection<PrimaryHost> monitored, Duration grace, Instant start) {
        this.grace = grace;
        this.start = start;
        monitored.forEach(host -> hosts.put(host, new HostStatus(host, HostState.UNKNOWN, start, "")));
        currentWindow = hosts.isEmpty() ? null : new OutageWindow(start, new TreeSet<>(), null);
    }

    /** State of a host. */
    public enum HostState {
        /** Not probed yet. */
        UNKNOWN,
        UP,
        DOWN
    }

    /**
     * State of a monitored host.
     *
     * @param since when the host was first found in this state
     * @param error why it is down; empty unless it is
     */
    public record HostStatus(PrimaryHost host, HostState state, Instant since, String error) {}

    /**
     * State that is saved across restarts.
     *
     * @param windows outages, oldest first
     * @param lastUpAt last successful probe of each host
     */
    record MonitorSnapshot(List<OutageWindow> windows, Map<String, Instant> lastUpAt) {}

    /** Whether scoring is paused for a session at this time. */
    public boolean isScoringPaused(Instant at) {
        return findWindow(at).isPresent();
    }

    /** Why scoring is paused at this time, as a part of a sentence; empty when it is not. */
    public Optional<String> describePause(Instant at) {
        return findWindow(at).map(window -> window.describe(grace));
    }

    private synchronized Optional<OutageWindow> findWindow(Instant at) {
        return windows()
                .filter(window -> window.covers(at, grace))
                .reduce((first, second) -> first.isOutage() && !second.isOutage() ? first : second);
    }

    private Stream<OutageWindow> windows() {
        return Stream.concat(pastWindows.stream(), Stream.ofNullable(currentWindow));
    }

    /** When scoring resumes; empty when it is not paused, or when the time is not known yet. */
    public synchronized Optional<Instant> scoringResumesAt(Instant now) {
        if (windows().anyMatch(OutageWindow::isOpen)) {
            return Optional.empty();
        }
        return windows()
                .filter(window -> window.covers(now, grace))
                .flatMap(window -> Stream.ofNullable(window.endsAt(grace)))
                .max(Instant::compareTo);
    }

    /** Status of all monitored hosts. */
    public synchronized List<HostStatus> hosts() {
        return List.copyOf(hosts.values());
    }

    /** Whether the last probe of a host succeeded. */
    public synchronized boolean isUp(PrimaryHost host) {
        HostStatus status = hosts.get(host);
        return status != null && status.state() == HostState.UP;
    }

    /** Number of transitions between up and down, for all hosts. */
    public long transitionCount() {
        return transitions;
    }

    /**
     * Records a successful probe.
     *
     * @param begun when the probe began
     * @param ended when the probe ended
     * @return whether the host was not known to be up
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
        if (open != null
                && open.isOpen()
                && hosts.values().stream().allMatch(status -> status.state() == HostState.UP)) {
            currentWindow = open.withRecovery(ended);
        }
        version++;
        return true;
    }

    /**
     * Records a failed probe.
     *
     * @param at when the probe ended
     * @return the start of the outage when the host was not known to be down; otherwise empty
     */
    synchronized Optional<Instant> markDown(PrimaryHost host, Instant at, String error) {
        HostState before = stateOf(host);
        if (before == HostState.DOWN) {
            return Optional.empty();
        }
        hosts.put(host, new HostStatus(host, HostState.DOWN, at, error));
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

    private void archive(@Nullable OutageWindow window) {
        if (window != null) {
            pastWindows.addLast(window);
        }
        while (pastWindows.size() > MAX_PAST_WINDOWS) {
            pastWindows.removeFirst();
        }
    }

    private HostState stateOf(PrimaryHost host) {
        HostStatus status = hosts.get(host);
        if (status == null) {
            throw new IllegalArgumentException(host + " is not monitored");
        }
        return status.state();
    }

    /** Changes whenever {@link #snapshot} must be saved again. */
    long version() {
        return version;
    }

    synchronized MonitorSnapshot snapshot() {
        Map<String, Instant> lastUp = new TreeMap<>();
        lastUpAt.forEach((host, at) -> lastUp.put(host.toString(), at));
        return new MonitorSnapshot(
                new ArrayList<>(windows().filter(OutageWindow::isOutage).toList()), lastUp);
    }

    /**
     * Restores the state that the previous process saved. An open outage stays open until each host was found up.
     *
     * @param now later times are ignored or set to this time, because they come from a clock that was ahead
     */
    synchronized void restore(MonitorSnapshot saved, Instant now) {
        if (hosts.isEmpty()) {
            return;
        }
        hosts.keySet().stream()
                .filter(host -> saved.lastUpAt().containsKey(host.toString()))
                .forEach(host ->
                        lastUpAt.computeIfAbsent(host, key -> saved.lastUpAt().get(key.toString())));
        lastUpAt.values().removeIf(at -> at.isAfter(now));
        for (OutageWindow window : saved.windows()) {
            Instant recovered = window.recovered();
            OutageWindow open = currentWindow;
            if (recovered != null) {
                archive(recovered.isAfter(now) ? window.withRecovery(now) : window);
            } else if (open != null && open.isOpen()) {
                OutageWindow merged = open;
                for (String host : window.hosts()) {
                    merged = merged.withHost(host, window.from());
                }
                currentWindow = merged;
            }
        }
    }
}
