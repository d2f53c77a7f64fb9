package org.decoymx.admin.page;

import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.decoymx.admin.page.Overview.CountRow;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.support.PrintableText;

/**
 * Counts the HELO names of sessions that got as far as the 451, since the start. It has room for {@link #MAX_NAMES}:
 * while more are given, each new one takes one from all counts (Misra and Gries), so rare names are counted too low or
 * not at all, and a flood of random names cannot hide a frequent one. Thread-safe.
 */
@Singleton
final class HeloNames {
    /** Maximum number of names that are counted. */
    static final int MAX_NAMES = 1_000;

    private static final int MAX_LENGTH = 60;
    private static final int FREQUENT = 10;

    private final Map<String, Long> counts = new HashMap<>();

    void listen(@Observes StartupEvent event, Vertx vertx) {
        vertx.eventBus().<Sighting>localConsumer(Sighting.EVENT_BUS_ADDRESS, message -> record(message.body()));
    }

    /** A session is counted at its end. */
    void record(Sighting sighting) {
        if (sighting.outcome() != Outcome.OPEN && sighting.isQualifyingConversation()) {
            add(PrintableText.escape(sighting.facts().helo(), MAX_LENGTH));
        }
    }

    synchronized void add(String name) {
        if (counts.size() < MAX_NAMES || counts.containsKey(name)) {
            counts.merge(name, 1L, Long::sum);
        } else {
            counts.replaceAll((known, count) -> count - 1);
            counts.values().removeIf(count -> count == 0);
        }
    }

    /** The most frequent names first, escaped and cut, with the number of sessions that gave them. */
    synchronized List<CountRow> frequent() {
        return counts.entrySet().stream()
                .map(entry -> new CountRow(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingLong(CountRow::count).reversed().thenComparing(CountRow::name))
                .limit(FREQUENT)
                .toList();
    }
}
