package org.decoymx.admin.notify;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import org.decoymx.support.Condition;
import org.decoymx.support.PrintableText;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Notifications that wait for one way of delivery, which is tried again, at longer and longer intervals, until it
 * succeeds. Thread-safe.
 */
final class Outbox {
    /** Of more, the oldest of the kind is left out. */
    static final int MAX_OF_KIND = 20;
    /** A notification that is refused this often is given up, so that others are delivered. */
    static final int MAX_REFUSALS = 6;

    static final Duration MAX_AGE = Duration.ofDays(1);
    static final Duration FIRST_DELAY = Duration.ofSeconds(2);
    static final Duration MAX_DELAY = Duration.ofMinutes(15);

    private static final Logger LOG = Logger.getLogger(Outbox.class);
    private static final Duration MIN_LOG_INTERVAL = Duration.ofMinutes(10);
    private static final int MAX_DOUBLINGS = 10;
    private static final int MAX_REASON = 300;

    private final String name;
    private final Optional<Delivery> delivery;
    private final Clock clock;
    private final DoubleSupplier random;
    private final Condition condition;
    private final Deque<Entry> waiting = new ArrayDeque<>();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private int attempts;
    private int refusals;
    private Instant notBefore = Instant.MIN;
    private @Nullable Thread delivering;
    private boolean stopped;

    /**
     * @param name for messages: {@code webhook}
     * @param delivery empty if it is not configured; then nothing waits
     * @param clock never set
     * @param random from 0 to 1, so that several decoys do not try at the same times
     */
    Outbox(String name, Optional<Delivery> delivery, Clock clock, DoubleSupplier random) {
        this.name = name;
        this.delivery = delivery;
        this.clock = clock;
        this.random = random;
        condition = new Condition(clock, MIN_LOG_INTERVAL);
    }

    /** A way of delivery. */
    @FunctionalInterface
    interface Delivery {
        /** Delivers a notification; it may block for a minute. */
        void deliver(Notification notification) throws DeliveryException;
    }

    private record Entry(Notification notification, Instant since) {}

    /** Adds a notification. */
    synchronized void add(Notification notification) {
        if (delivery.isEmpty()) {
            return;
        }
        Notification last = notification;
        long same = waiting.stream()
                .filter(entry -> entry.notification().kind() == notification.kind())
                .count();
        if (same >= MAX_OF_KIND) {
            last = notification.afterOmitted(removeOldest(notification).omitted() + 1);
            dropped.increment();
        }
        waiting.addLast(new Entry(last, clock.instant()));
    }

    private Notification removeOldest(Notification like) {
        for (Iterator<Entry> entries = waiting.iterator(); entries.hasNext(); ) {
            Notification oldest = entries.next().notification();
            if (oldest.kind() == like.kind()) {
                entries.remove();
                return oldest;
            }
        }
        throw new IllegalStateException("none waits");
    }

    /** Delivers the next notification, if it is due. It may block; call it from one thread at a time. */
    void deliverNext() {
        Entry next = takeDue();
        if (next == null || delivery.isEmpty()) {
            return;
        }
        setDelivering(Thread.currentThread());
        try {
            delivery.get().deliver(next.notification());
            recordDelivered();
        } catch (DeliveryException e) {
            recordFailure(next, String.valueOf(e.getMessage()), e.isRefused());
        } catch (RuntimeException e) {
            recordFailure(next, e.toString(), true);
        } finally {
            setDelivering(null);
        }
    }

    private synchronized void setDelivering(@Nullable Thread thread) {
        delivering = thread;
    }

    /** Ends a delivery, so that the process can end. What waits is lost. */
    synchronized void stop() {
        stopped = true;
        if (delivering != null) {
            delivering.interrupt();
        }
    }

    private synchronized @Nullable Entry takeDue() {
        return stopped || clock.instant().isBefore(notBefore) ? null : waiting.pollFirst();
    }

    private synchronized void recordDelivered() {
        startOver();
        delivered.increment();
        condition.recover(() -> LOG.infof("Notifications by %s are delivered again", name));
    }

    private synchronized void recordFailure(Entry entry, String message, boolean refused) {
        if (stopped) {
            return;
        }
        String reason = PrintableText.escape(message, MAX_REASON);
        Instant now = clock.instant();
        attempts++;
        refusals += refused ? 1 : 0;
        failed.increment();
        notBefore = now.plus(nextDelay());
        condition.fail(
                "failing",
                reason,
                () -> LOG.warnf("Notifications by %s are not delivered, and tried again: %s", name, reason));
        boolean old = Duration.between(entry.since(), now).compareTo(MAX_AGE) > 0;
        if (old || refusals >= MAX_REFUSALS) {
            LOG.warnf("A notification by %s was given up after %s attempts: %s", name, attempts, reason);
            dropped.increment();
            startOver();
        } else {
            waiting.addFirst(entry);
        }
    }

    private void startOver() {
        attempts = 0;
        refusals = 0;
    }

    /** Between half of the interval and all of it. */
    private Duration nextDelay() {
        Duration full = FIRST_DELAY.multipliedBy(1L << Math.min(MAX_DOUBLINGS, attempts - 1));
        Duration bounded = full.compareTo(MAX_DELAY) > 0 ? MAX_DELAY : full;
        return Duration.ofMillis((long) (bounded.toMillis() * (1 + random.getAsDouble()) / 2));
    }

    /** Whether there is such a way of delivery. */
    boolean isConfigured() {
        return delivery.isPresent();
    }

    /** The name for messages. */
    String name() {
        return name;
    }

    /** Why the latest attempt failed; empty if it did not. */
    Optional<Condition.Failure> failure() {
        return condition.failure();
    }

    /** Number of notifications that wait. */
    synchronized int size() {
        return waiting.size();
    }

    /** Number of notifications that were delivered. */
    long deliveredCount() {
        return delivered.sum();
    }

    /** Number of attempts that failed. */
    long failedCount() {
        return failed.sum();
    }

    /** Number of notifications that were given up, or left out because too many waited. */
    long droppedCount() {
        return dropped.sum();
    }
}
