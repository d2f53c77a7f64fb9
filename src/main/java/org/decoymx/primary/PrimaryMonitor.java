package org.decoymx.primary;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.decoymx.policy.OutageWindow;
import org.decoymx.policy.OutageWindows;

/**
 * Tracks the state of the primary MX hosts, and when scoring is paused. An outage begins at the last successful probe,
 * because the host may have gone down at any time after it. It ends a grace period after all hosts are up again.
 * Scoring is also paused after a start, and when hosts are added, until each of them was found up. Thread-safe.
 */
public final class PrimaryMonitor {
    private final Map<PrimaryHost, HostStatus> hosts = new LinkedHashMap<>();
    private final Map<String, Instant> lastUpAt = new TreeMap<>();
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
        replaceHosts(monitored, start);
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
     * @param since when the host was first found in this state, or from when on it is monitored
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

    /**
     * Monitors other hosts from now on. Hosts that stay keep their state, and the pause does not wait for those that
     * are removed.
     *
     * @return whether hosts were added or removed
     */
    synchronized boolean replaceHosts(Collection<PrimaryHost> monitored, Instant now) {
        boolean removed = hosts.keySet().retainAll(Set.copyOf(monitored));
        boolean added = false;
        for (PrimaryHost host : monitored) {
            added |= hosts.putIfAbsent(host, new HostStatus(host, HostState.UNKNOWN, now, "")) == null;
        }
        if (removed || added) {
            lastUpAt.keySet().retainAll(hostNames());
            version++;
        }
        if (added) {
            outages.pauseUntilKnown(now);
        }
        endOutageIfAllUp(now);
        return removed || added;
    }

    private Set<String> hostNames() {
        return hosts.keySet().stream().map(PrimaryHost::toString).collect(Collectors.toSet());
    }

    private void endOutageIfAllUp(Instant at) {
        if (hosts.values().stream().allMatch(status -> status.state() == HostState.UP)) {
            outages.endOutage(at);
        }
    }

    /** When scoring is paused because of the hosts. */
    public OutageWindows outages() {
        return outages;
    }

    /** Status of all monitored hosts. */
    public synchronized List<HostStatus> hosts() {
        return List.copyOf(hosts.values());
    }

    /** The monitored hosts. */
    synchronized Set<PrimaryHost> monitoredHosts() {
        return new LinkedHashSet<>(hosts.keySet());
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
     * Records a successful probe. Has no effect when the host is no longer monitored.
     *
     * @param begun when the probe began
     * @param ended when the probe ended
     * @return whether the host was not known to be up
     */
    synchronized boolean markUp(PrimaryHost host, Instant begun, Instant ended) {
        HostStatus before = hosts.get(host);
        if (before == null) {
            return false;
        }
        lastUpAt.put(host.toString(), begun);
        if (before.state() == HostState.UP) {
            return false;
        }
        hosts.put(host, new HostStatus(host, HostState.UP, ended, ""));
        transitions += before.state() == HostState.DOWN ? 1 : 0;
        endOutageIfAllUp(ended);
        version++;
        return true;
    }

    /**
     * Records a failed probe. Has no effect when the host is no longer monitored.
     *
     * @param at when the probe ended
     * @return the start of the outage when the host was not known to be down; otherwise empty
     */
    synchronized Optional<Instant> markDown(PrimaryHost host, Instant at, String error) {
        HostStatus before = hosts.get(host);
        if (before == null || before.state() == HostState.DOWN) {
            return Optional.empty();
        }
        hosts.put(host, new HostStatus(host, HostState.DOWN, at, error));
        transitions += before.state() == HostState.UP ? 1 : 0;
        Instant from = lastUpAt.getOrDefault(host.toString(), before.since());
        outages.addOutage(host.toString(), from);
        version++;
        return Optional.of(from);
    }

    /** Changes whenever {@link #snapshot} must be saved again. */
    long version() {
        return version;
    }

    synchronized MonitorSnapshot snapshot() {
        return new MonitorSnapshot(outages.outages(), new TreeMap<>(lastUpAt));
    }

    /**
     * Restores the state that the previous process saved. An open outage stays open until each host was found up. Has
     * no effect when no host is monitored, unless scoring is paused because the hosts are still to be found.
     *
     * @param now later times are ignored or set to this time, because they come from a clock that was ahead
     */
    synchronized void restore(MonitorSnapshot saved, Instant now) {
        if (hosts.isEmpty() && !outages.isScoringPaused(now)) {
            return;
        }
        saved.lastUpAt().forEach(lastUpAt::putIfAbsent);
        lastUpAt.values().removeIf(at -> at.isAfter(now));
        if (!hosts.isEmpty()) {
            lastUpAt.keySet().retainAll(hostNames());
        }
        outages.restore(saved.windows(), now);
    }
}
