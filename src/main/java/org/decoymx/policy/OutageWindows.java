package org.decoymx.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * When scoring is paused: from the start of an outage of a primary MX until a grace period after all hosts are up
 * again, and after a start until the state of each host is known. Holds the last few outages. Thread-safe.
 */
public final class OutageWindows {
    private static final int MAX_PAST_WINDOWS = 4;

    private final Duration grace;
    private final Deque<OutageWindow> pastWindows = new ArrayDeque<>();
    private @Nullable OutageWindow currentWindow;

    /**
     * Scoring is not paused.
     *
     * @param grace how long scoring stays paused after all hosts are up again
     */
    public OutageWindows(Duration grace) {
        this.grace = grace;
    }

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

    /** Pauses scoring from a time on, because the state of a host is not known. */
    public synchronized void pauseUntilKnown(Instant from) {
        OutageWindow before = currentWindow;
        if (before == null || !before.isOpen()) {
            archive(before);
            currentWindow = new OutageWindow(from, new TreeSet<>(), null);
        }
    }

    /**
     * Pauses scoring, because a host is down.
     *
     * @param from when the host was last known to be up
     */
    public synchronized void addOutage(String host, Instant from) {
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

    /** Resumes scoring after the grace period, because all hosts are up. */
    public synchronized void endOutage(Instant at) {
        OutageWindow open = currentWindow;
        if (open != null && open.isOpen()) {
            currentWindow = open.withRecovery(at);
        }
    }

    /** The outages, oldest first, to be stored. */
    public synchronized List<OutageWindow> outages() {
        return windows().filter(OutageWindow::isOutage).toList();
    }

    /**
     * Adds stored outages. One that has not ended is added to the open window, and ends with it.
     *
     * @param now later times are set to this time, because they come from a clock that was ahead
     */
    public synchronized void restore(Collection<OutageWindow> stored, Instant now) {
        for (OutageWindow window : stored) {
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
