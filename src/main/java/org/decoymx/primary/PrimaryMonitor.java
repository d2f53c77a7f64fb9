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
import java.util.stream.Stream;
import org.decoymx.policy.OutageWindows;
import org.decoymx.policy.WaitingListings;

/**
 * Tracks the state of the primary MX hosts, and when scoring is paused. An outage begins at the last successful probe,
 * because the host may have gone down at any time after it. It ends a grace period after all hosts are up again.
 * Scoring is also paused after a start, and when hosts are added, until each of them was found up. A host that defers
 * the probe alone is unknown: scoring is not paused, but first listings wait. Thread-safe.
 */
public final class PrimaryMonitor {
    private final Instant start;
    private final Duration unwatchedAfter;
    private final Map<PrimaryHost, HostStatus> hosts = new LinkedHashMap<>();
    private final Map<String, Instant> lastUpAt = new TreeMap<>();
    private final OutageWindows outages;
    private volatile long transitions;
    private volatile long version;

    /**
     * Scoring is paused until each host was found up.
     *
     * @param monitored the primary MX hosts
     * @param unwatchedAfter a longer time than this between two processes is an outage, as nobody looked
     * @param start when monitoring began
     */
    PrimaryMonitor(Collection<PrimaryHost> monitored, OutageWindows outages, Duration unwatchedAfter, Instant start) {
        this.outages = outages;
        this.unwatchedAfter = unwatchedAfter;
        this.start = start;
        replaceHosts(monitored, start);
        verifyListings(start);
    }

    /** State of a host. */
    public enum HostState {
        /** Not probed yet, or it defers the probe alone. */
        UNKNOWN,
        UP,
        DOWN
    }

    /**
     * Monitors other hosts from now on. Hosts that stay keep their state, and the pause does not wait for those that
     * are removed. If none stays, listings go on waiting for a new one. Returns whether hosts were added or removed.
     */
    synchronized boolean replaceHosts(Collection<PrimaryHost> monitored, Instant now) {
        Optional<Instant> verifiedUntil = allUpUntil();
        if (monitored.isEmpty()) {
            hosts.values().forEach(status -> lastUpAt.putIfAbsent(status.host().toString(), status.since()));
        }
        boolean removed = hosts.keySet().retainAll(Set.copyOf(monitored));
        Collection<PrimaryHost> unverified = hosts.isEmpty() ? monitored : List.of();
        boolean added = false;
        for (PrimaryHost host : monitored) {
            added |= hosts.putIfAbsent(host, new HostStatus(host, HostState.UNKNOWN, now, "")) == null;
        }
        if (!hosts.isEmpty()) {
            lastUpAt.keySet().retainAll(hostNames());
            verifiedUntil.ifPresent(until -> unverified.forEach(host -> lastUpAt.putIfAbsent(host.toString(), until)));
        }
        version += removed || added ? 1 : 0;
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
        if (areAllUp()) {
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
        return status != null && status.isUp();
    }

    /** Number of transitions between up and down, for all hosts. */
    public long transitionCount() {
        return transitions;
    }

    /** Corrects times of a clock that was ahead. Call it before a result is recorded, if the clock is trusted. */
    synchronized void limitTo(Instant now) {
        outages.limitTo(now);
        lastUpAt.replaceAll((host, at) -> HostStatus.earlier(at, now));
        hosts.replaceAll((host, status) -> status.limitedTo(now));
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
        lastUpAt.put(host.toString(), HostStatus.earlier(begun, ended));
        if (before.isUp()) {
            return false;
        }
        hosts.put(host, new HostStatus(host, HostState.UP, ended, ""));
        transitions += before.isDown() ? 1 : 0;
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
        if (before == null || before.isDown()) {
            return Optional.empty();
        }
        hosts.put(host, new HostStatus(host, HostState.DOWN, at, error));
        transitions += before.isUp() || before.isDeferring() ? 1 : 0;
        Instant from = upUntil(before);
        outages.addOutage(host.toString(), from);
        version++;
        return Optional.of(from);
    }

    /** Records that a host deferred the probe alone; one that is down stays down. Returns whether that is new. */
    synchronized boolean markDeferred(PrimaryHost host, Instant at, String error) {
        HostStatus before = hosts.get(host);
        if (before == null) {
            return false;
        }
        // a host that was never up: its outage would have begun when it was added
        lastUpAt.putIfAbsent(host.toString(), before.since());
        hosts.put(host, before.deferred(at, error));
        return !before.isDown() && !before.isDeferring();
    }

    /** Whether a host that defers the probe counts as down by now: others may be deferred too. */
    synchronized boolean isDeferringTooLong(PrimaryHost host, Instant at) {
        HostStatus status = hosts.get(host);
        return status != null && status.isDeferringTooLong(at);
    }

    /** Whether the last probe of each host succeeded. */
    synchronized boolean areAllUp() {
        return hosts.values().stream().allMatch(HostStatus::isUp);
    }

    /**
     * Takes over until when all hosts are known to have been up; while they are still to be found, those of the process
     * before. Call it when a probe succeeded, or the hosts changed. Returns whether a listing no longer waits for this.
     */
    synchronized boolean verifyListings(Instant now) {
        WaitingListings waiting = outages.waitingListings();
        boolean verified = allUpUntil()
                .map(until -> waiting.verify(HostStatus.earlier(until, now).getEpochSecond()))
                .orElseGet(waiting::verifyAll);
        // soon saved, so that what was published needs no probe after a restart
        version += verified ? 1 : 0;
        return verified;
    }

    private Optional<Instant> allUpUntil() {
        Stream<Instant> known = hosts.isEmpty()
                ? lastUpAt.values().stream()
                : hosts.values().stream().map(this::upUntil);
        return known.min(Instant::compareTo);
    }

    private Instant upUntil(HostStatus status) {
        return lastUpAt.getOrDefault(status.host().toString(), status.since());
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
     * no effect when no host is monitored, unless scoring is paused because the hosts are still to be found. Times in
     * the future are kept until {@link #limitTo}, because the clock may still be behind.
     */
    synchronized void restore(MonitorSnapshot saved, Instant now) {
        if (hosts.isEmpty() && !outages.isScoringPaused(now)) {
            return;
        }
        saved.lastUpAt().forEach(lastUpAt::putIfAbsent);
        if (!hosts.isEmpty()) {
            lastUpAt.keySet().retainAll(hostNames());
        }
        outages.restore(saved.windows());
        Instant lastLook = saved.lastLook(now).orElse(start);
        if (Duration.between(lastLook, start).compareTo(unwatchedAfter) > 0) {
            outages.addUnwatched(lastLook, start);
        }
        verifyListings(now);
    }
}
