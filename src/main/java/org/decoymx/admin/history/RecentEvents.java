package org.decoymx.admin.history;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.decoymx.net.IpText;
import org.decoymx.support.EventLog;
import org.decoymx.support.PrintableText;
import org.decoymx.support.StartOrder;
import org.decoymx.support.SteadyClock;
import org.jspecify.annotations.Nullable;

/**
 * The latest events of the {@link EventLog}, also those that the log has no room for. Their text is only made when
 * somebody reads them. Thread-safe.
 */
@Singleton
public final class RecentEvents {
    /** Of more events, the oldest are dropped. */
    static final int CAPACITY = 500;

    private static final long EVENTS_PER_SECOND = 100;
    private static final int MAX_TEXT = 300;
    private static final String SENDER = "sender ";
    private static final String SEPARATOR = ": ";

    private final SteadyClock clock;
    private final Deque<Recorded> events = new ArrayDeque<>(CAPACITY + 1);
    private long latestId;

    RecentEvents(SteadyClock clock) {
        this.clock = clock;
        // so that they are larger than those before the restart, if there were not more than 100 events a second
        latestId = clock.instant().getEpochSecond() * EVENTS_PER_SECOND;
    }

    void listen(@Observes @Priority(StartOrder.RECEIVERS) StartupEvent event, EventLog log) {
        log.forwardTo(this::add);
    }

    /**
     * An event. All texts are one line of visible characters.
     *
     * @param id grows by one with each event; after a restart it is larger than before
     * @param subject the address of a sender (for IPv6 perhaps a /64), or {@code network}, a space and a network, or
     *     {@code blocklist}
     * @param text what happened, and the cause
     */
    public record Event(long id, Instant at, String subject, String text) {
        /** Whether the subject is a sender, which has a page; {@code sender} in JSON. */
        public boolean isSender() {
            return IpText.parsePrintedHostNetwork(subject).isPresent();
        }

        /** The time without the date: {@code 08:00:00}. */
        public String time() {
            return at.toString().substring("2026-11-27T".length(), "2026-11-27T08:00:00".length());
        }
    }

    private static final class Recorded {
        private final long id;
        private final Instant at;
        private final Supplier<String> line;
        private volatile @Nullable Event event;

        Recorded(long id, Instant at, Supplier<String> line) {
            this.id = id;
            this.at = at;
            this.line = line;
        }

        Event event() {
            Event known = event;
            if (known == null) {
                String text = PrintableText.escape(line.get(), MAX_TEXT);
                int end = Math.max(0, text.indexOf(SEPARATOR));
                String subject =
                        text.startsWith(SENDER) ? text.substring(SENDER.length(), end) : text.substring(0, end);
                known = new Event(id, at, subject, text.substring(end == 0 ? 0 : end + SEPARATOR.length()));
                event = known;
            }
            return known;
        }
    }

    private void add(Supplier<String> line) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        synchronized (this) {
            events.addLast(new Recorded(++latestId, now, line));
            if (events.size() > CAPACITY) {
                events.removeFirst();
            }
        }
    }

    /** The number of the latest event. */
    synchronized long latestId() {
        return latestId;
    }

    /** The latest events, the latest first. */
    public List<Event> latest(int max) {
        return since(Long.MIN_VALUE, max);
    }

    /** The latest events after an event, the latest first. An event that has not happened was before the restart. */
    List<Event> since(long id, int max) {
        List<Recorded> found = new ArrayList<>();
        synchronized (this) {
            long known = id > latestId ? Long.MIN_VALUE : id;
            Iterator<Recorded> latestFirst = events.descendingIterator();
            while (found.size() < max && latestFirst.hasNext()) {
                Recorded next = latestFirst.next();
                if (next.id <= known) {
                    break;
                }
                found.add(next);
            }
        }
        return found.stream().map(Recorded::event).toList();
    }
}
