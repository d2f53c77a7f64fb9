package org.decoymx.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * When scoring is paused: from the start of an outage of a primary MX until a grace period after all hosts are up
 * again, and after a start until the state of each host is known. After more than 6 h of this within 24 h only the
 * outages themselves pause it, not the grace; so nobody blinds the decoy who overloads a primary now and then. Holds
 * the outages of the last day. Thread-safe.
 */
public final class OutageWindows {
    private static final int MAX_PAST_WINDOWS = 100;
    private static final Duration DAY = Duration.ofHours(24);
    private static final Duration MAX_PAUSE_OF_DAY = Duration.ofHours(6);

    private final OutageGrace grace;
    private final WaitingListings waitingListings = new WaitingListings();
    private final Deque<OutageWindow> pastWindows = new ArrayDeque<>();
    private @Nullable OutageWindow currentWindow;

    /**
     * Scoring is not paused.
     *
     * @param grace how long scoring stays paused after all hosts are up again
     */
    public OutageWindows(OutageGrace grace) {
        this.grace = grace;
    }

    /** First listings that wait until all hosts are known to be up. */
    public WaitingListings waitingListings() {
        return waitingListings;
    }

    /** Whether scoring is paused for a session at this time. */
    public synchronized boolean isScoringPaused(Instant at) {
        return findWindow(at).isPresent() && !isSuspectOnly(at);
    }

    /** Why scoring is paused at this time, as a part of a sentence; empty when it is not. */
    public synchronized Optional<String> describePause(Instant at) {
        return isSuspectOnly(at) ? Optional.empty() : findWindow(at).map(window -> window.describe(grace));
    }

    /** Whether sessions at this time count, but confirm nobody: in a grace that is too much for a day. */
    public synchronized boolean isSuspectOnly(Instant at) {
        List<OutageWindow> covering = windowsAt(at).toList();
        return !covering.isEmpty()
                && covering.stream().allMatch(window -> window.isRecovered(at))
                && pausedWithinDayBefore(at).compareTo(MAX_PAUSE_OF_DAY) > 0;
    }

    /** Of several, an outage tells most, and then the one that ends last. */
    private Optional<OutageWindow> findWindow(Instant at) {
        return windowsAt(at)
                .max(Comparator.comparing(OutageWindow::isOutage).thenComparing(window -> endOr(window, Instant.MAX)));
    }

    private Stream<OutageWindow> windowsAt(Instant at) {
        return windows().filter(window -> window.covers(at, grace));
    }

    private Duration pausedWithinDayBefore(Instant at) {
        Duration paused = Duration.ZERO;
        Instant reached = at.minus(DAY);
        for (OutageWindow window : windows()
                .filter(OutageWindow::isOutage)
                .sorted(Comparator.comparing(OutageWindow::from))
                .toList()) {
            Instant from = window.from().isAfter(reached) ? window.from() : reached;
            Instant end = endOr(window, at);
            Instant until = end.isBefore(at) ? end : at;
            if (until.isAfter(from)) {
                paused = paused.plus(Duration.between(from, until));
                reached = until;
            }
        }
        return paused;
    }

    private Instant endOr(OutageWindow window, Instant otherwise) {
        Instant end = window.endsAt(grace);
        return end == null ? otherwise : end;
    }

    private Stream<OutageWindow> windows() {
        return Stream.concat(pastWindows.stream(), Stream.ofNullable(currentWindow));
    }

    /** When scoring resumes; empty when it is not paused, or when the time is not known yet. */
    public synchronized Optional<Instant> scoringResumesAt(Instant now) {
        if (windows().anyMatch(OutageWindow::isOpen) || isSuspectOnly(now)) {
            return Optional.empty();
        }
        return windowsAt(now)
                .flatMap(window -> Stream.ofNullable(window.endsAt(grace)))
                .max(Instant::compareTo);
    }

    /** Pauses scoring from a time on, because the state of a host is not known. */
    public synchronized void pauseUntilKnown(Instant from) {
        OutageWindow before = currentWindow;
        if (before == null || !before.isOpen()) {
            archive(before);
            currentWindow = new OutageWindow(from, new TreeSet<>(), false, null);
        }
    }

    /**
     * Pauses scoring, because a host is down.
     *
     * @param from when the host was last known to be up
     */
    public synchronized void addOutage(String host, Instant from) {
        OutageWindow before = currentWindow;
        if (before != null && before.isOpen()) {
            currentWindow = before.withHost(host, from);
            return;
        }
        archive(before);
        currentWindow = new OutageWindow(from, new TreeSet<>(List.of(host)), false, null);
    }

    /** Takes a time in which nobody looked for an outage. */
    public synchronized void addUnwatched(Instant from, Instant until) {
        OutageWindow before = currentWindow;
        if (before != null && before.isOpen()) {
            currentWindow = before.unwatchedSince(from);
            return;
        }
        archive(before);
        currentWindow = new OutageWindow(from, new TreeSet<>(), true, until);
    }

    /** Those that are too old to matter are dropped. */
    private void archive(@Nullable OutageWindow window) {
        if (window == null) {
            return;
        }
        Instant dayBefore = window.from().minus(DAY);
        pastWindows.removeIf(past -> endOr(past, Instant.MAX).isBefore(dayBefore));
        addPast(window);
    }

    /** If there are too many, the oldest two are merged. */
    private void addPast(OutageWindow window) {
        pastWindows.addLast(window);
        if (pastWindows.size() > MAX_PAST_WINDOWS) {
            OutageWindow oldest = pastWindows.removeFirst();
            pastWindows.addFirst(oldest.mergedWith(pastWindows.removeFirst()));
        }
    }

    /** Resumes scoring after the grace period, because all hosts are up. */
    public synchronized void endOutage(Instant at) {
        OutageWindow open = currentWindow;
        if (open != null && open.isOpen()) {
            currentWindow = open.withRecovery(at);
        }
    }

    /** Corrects what was recorded for the future, while the clock was ahead. Call it only if the clock is trusted. */
    public synchronized void limitTo(Instant now) {
        List<OutageWindow> past =
                pastWindows.stream().map(window -> window.limitedTo(now)).toList();
        pastWindows.clear();
        pastWindows.addAll(past);
        currentWindow = currentWindow == null ? null : currentWindow.limitedTo(now);
    }

    /** The outages, oldest first, to be stored. */
    public synchronized List<OutageWindow> outages() {
        return windows().filter(OutageWindow::isOutage).toList();
    }

    /**
     * Adds stored outages. One that has not ended is added to the open window, and ends with it. Times in the future
     * are kept until {@link #limitTo}, because the clock may still be behind.
     */
    public synchronized void restore(Collection<OutageWindow> stored) {
        for (OutageWindow window : stored) {
            Instant recovered = window.recovered();
            OutageWindow open = currentWindow;
            if (recovered != null) {
                addPast(window);
            } else if (open != null && open.isOpen()) {
                OutageWindow merged = window.unwatched() ? open.unwatchedSince(window.from()) : open;
                for (String host : window.hosts()) {
                    merged = merged.withHost(host, window.from());
                }
                currentWindow = merged;
            }
        }
    }
}
