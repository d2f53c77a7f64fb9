package org.decoymx.sighting;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.decoymx.net.IpPrefix;
import org.jspecify.annotations.Nullable;

/**
 * Sightings that wait for an answer, as that of DNS; those of one sender keep their order. Bounded. Thread-safe.
 *
 * @param <A> the answer
 */
public final class SenderQueues<A> {
    private final int maxSenders;
    private final int maxSightings;
    private final A fallback;
    private final Map<IpPrefix, SenderQueue<A>> queues = new HashMap<>();
    private int waiting;
    private boolean stopped;

    /**
     * @param maxSenders senders that may wait at a time
     * @param maxSightings sightings that may wait at a time, of all senders
     * @param fallback the answer for those that are released early
     */
    public SenderQueues(int maxSenders, int maxSightings, A fallback) {
        this.maxSenders = maxSenders;
        this.maxSightings = maxSightings;
        this.fallback = fallback;
    }

    private static final class SenderQueue<A> {
        private final Deque<WaitingTask<A>> tasks = new ArrayDeque<>();
        private boolean draining;
    }

    private record WaitingTask<A>(CompletableFuture<A> answer, Consumer<A> task) {}

    /**
     * Runs a task for a sighting when its answer is known, and after all earlier ones of the sender; immediately if
     * there is nothing to wait for.
     *
     * @param answer completes normally in bounded time
     * @return false if too many wait, or after {@link #stop}; then the task does not run
     */
    public boolean run(IpPrefix origin, CompletableFuture<A> answer, Consumer<A> task) {
        boolean waits;
        synchronized (this) {
            SenderQueue<A> queue = queues.get(origin);
            waits = queue != null || !answer.isDone();
            if (waits) {
                if (stopped || waiting >= maxSightings || queue == null && queues.size() >= maxSenders) {
                    return false;
                }
                queues.computeIfAbsent(origin, key -> new SenderQueue<>()).tasks.add(new WaitingTask<>(answer, task));
                waiting++;
            }
        }
        if (waits) {
            CompletableFuture<?> unused = answer.whenComplete((known, failure) -> drain(origin));
        } else {
            task.accept(answer.join());
        }
        return true;
    }

    /** Whether sightings of a sender wait. */
    public synchronized boolean isWaiting(IpPrefix origin) {
        return queues.containsKey(origin);
    }

    /** Runs the answered tasks of a sender in their order, including those that are queued meanwhile. */
    private void drain(IpPrefix origin) {
        WaitingTask<A> head = pollAnswered(origin, false);
        while (head != null) {
            head.task().accept(head.answer().join());
            head = pollAnswered(origin, true);
        }
    }

    /** Returns null when the next task still waits, or when another thread runs those of the sender. */
    private synchronized @Nullable WaitingTask<A> pollAnswered(IpPrefix origin, boolean draining) {
        SenderQueue<A> queue = queues.get(origin);
        if (queue == null || queue.draining && !draining) {
            return null;
        }
        WaitingTask<A> head = queue.tasks.peek();
        queue.draining = head != null && head.answer().isDone();
        if (queue.draining) {
            waiting--;
            return queue.tasks.poll();
        }
        if (head == null) {
            queues.remove(origin);
        }
        return null;
    }

    /** Releases what waits of a sender, with the fallback. */
    public void release(IpPrefix origin) {
        List<WaitingTask<A>> released;
        synchronized (this) {
            SenderQueue<A> queue = queues.get(origin);
            released = queue == null ? List.of() : List.copyOf(queue.tasks);
        }
        released.forEach(task -> task.answer().complete(fallback));
    }

    /** Releases everything with the fallback. Later sightings do not wait. */
    public void stop() {
        List<IpPrefix> origins;
        synchronized (this) {
            stopped = true;
            origins = new ArrayList<>(queues.keySet());
        }
        origins.forEach(this::release);
    }
}
