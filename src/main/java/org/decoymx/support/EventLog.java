package org.decoymx.support;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Log lines about single events that strangers cause: a few in each second, of more only their number. Any thread may
 * add a line; it waits until {@link #print}, which is for a thread that may block. Thread-safe.
 */
public final class EventLog {
    /** How many lines may come at once after a quiet time. */
    static final int BURST = 100;

    static final int LINES_PER_SECOND = 10;
    private static final long SUMMARY_MILLIS = 10_000;
    private static final double MILLIS_PER_LINE = 1_000.0 / LINES_PER_SECOND;

    private final Clock clock;
    private final Consumer<String> out;
    private final Queue<String> waiting = new ArrayDeque<>();
    private volatile Consumer<Supplier<String>> listener = line -> {};
    private double room = BURST;
    private long measuredAt;
    private long omitted;
    private long summarizedAt;

    /**
     * @param out writes a line to the log
     */
    public EventLog(Clock clock, Consumer<String> out) {
        this.clock = clock;
        this.out = out;
        measuredAt = clock.millis();
    }

    /** Hands on all lines from now on, also those that the log has no room for. The listener must be quick. */
    public void forwardTo(Consumer<Supplier<String>> receiver) {
        listener = receiver;
    }

    /**
     * Adds a line.
     *
     * @param line called only if there is room for it; it must be quick, and escape what strangers control. It is kept
     *     for a while, so it must not refer to anything large
     */
    public void add(Supplier<String> line) {
        listener.accept(line);
        addToLog(line);
    }

    private synchronized void addToLog(Supplier<String> line) {
        long now = clock.millis();
        room = Math.min(BURST, room + Math.max(0, now - measuredAt) / MILLIS_PER_LINE);
        measuredAt = now;
        if (room < 1 || waiting.size() >= BURST) {
            omitted++;
            return;
        }
        room--;
        waiting.add(line.get());
    }

    /** Writes the lines that wait, and now and then how many were left out. */
    public void print() {
        List<String> lines;
        synchronized (this) {
            lines = new ArrayList<>(waiting);
            waiting.clear();
            long now = clock.millis();
            if (omitted > 0 && Math.abs(now - summarizedAt) >= SUMMARY_MILLIS) {
                lines.add(omitted + " further events were not logged");
                omitted = 0;
                summarizedAt = now;
            }
        }
        lines.forEach(out);
    }
}
