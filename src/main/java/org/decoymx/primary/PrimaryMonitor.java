package org.decoymx.primary;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.decoymx.policy.OutageWindow;
import org.decoymx.policy.OutageWindows;

/**
 * Tracks the state of the primary MX hosts, and when scoring is paused. An outage begins at the last successful probe,
 * because the host may have gone down at any time after it. It ends a grace period after all hosts are up again.
 * Scoring is also paused after a start until each host was found up. Thread-safe.
 */
public final class PrimaryMonitor {
    private final Instant start;
    private final Map<PrimaryHost, HostStatus> hosts = new LinkedHashMap<>();
    private final Map<PrimaryHost, Instant> lastUpAt = new LinkedHashMap<>();
    private final OutageWindows outages;
    private volatile long transitions;
    private volatile long version;

    /**
     * Scoring is paused until each host was found up.
     *
     * @param monitored the primary MX hosts
     * @param grace how long scoring stays paused after all hosts are up again
     * @param start when monitoring began
     */
    public PrimaryMonitor(Collection<PrimaryHost> monitored, Duration grace, Instant start) {
        outages = new OutageWindows(grace);
        this.start = start;
        monitored.forEach(host -> hosts.put(host, new HostStatus(host, HostState.UNKNOWN, start, "")));
        if (!hosts.isEmpty()) {
            outages.pauseUntilKnown(start);
        }
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

    /** When scoring is paused because of the hosts. */
    public OutageWindows outages() {
        return outages;
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
        if (hosts.values().stream().allMatch(status -> status.state() == HostState.UP)) {
            outages.endOutage(ended);
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
        outages.addOutage(host.toString(), from);
        version++;
        return Optional.of(from);
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
        return new MonitorSnapshot(outages.outages(), lastUp);
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
        outages.restore(saved.windows(), now);
    }
}
