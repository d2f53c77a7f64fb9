package org.decoymx.admin;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.decoymx.blocklist.Publisher;
import org.decoymx.ledger.Collector;
import org.decoymx.ledger.Ledger;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.decoymx.smtp.server.Traffic;

/** The decoy's own meters, named {@code decoy_*}, but for those of {@link ExemptMetrics}. */
@Singleton
final class DecoyMetrics implements MeterBinder {
    private static final int[] CODES = {214, 220, 221, 250, 252, 421, 451, 452, 454, 500, 501, 502, 503, 553, 554, 555};

    private final Traffic traffic;
    private final Collector collector;
    private final Ledger ledger;
    private final Publisher publisher;
    private final Access access;

    DecoyMetrics(Traffic traffic, Collector collector, Ledger ledger, Publisher publisher, Access access) {
        this.traffic = traffic;
        this.collector = collector;
        this.ledger = ledger;
        this.publisher = publisher;
        this.access = access;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        counter(registry, "decoy.sessions", "Sessions begun", traffic, Traffic::sessions);
        counter(registry, "decoy.connections.refused", "Connections turned away", traffic, Traffic::refused);
        counter(registry, "decoy.sightings", "Sightings gathered", collector, Collector::gathered);
        counter(registry, "decoy.sightings.lost", "Sightings that found no room", collector, Collector::lost);
        counter(registry, "decoy.logins.refused", "Requests without the right token", access, Access::refused);
        gauge(registry, "decoy.connections.open", "Connections open now", traffic, Traffic::open);
        gauge(
                registry,
                "decoy.ledger.senders",
                "Senders known, once for each decoy that has counted them",
                ledger,
                Ledger::size);
        gauge(registry, "decoy.ledger.waiting", "Senders that wait to be written", ledger, Ledger::waiting);
        gauge(registry, "decoy.listed", "Entries of the list as it is served", publisher, p -> p.current()
                .size());
        gauge(registry, "decoy.would.list", "Entries there would be if mode were enforce", publisher, p -> p.decided()
                .size());
        for (Verb verb : Verb.values()) {
            FunctionCounter.builder("decoy.commands", traffic, t -> t.commands(verb))
                    .description("Commands answered, by verb")
                    .tag("verb", verb.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        for (int code : CODES) {
            FunctionCounter.builder("decoy.replies", traffic, t -> t.replies(code))
                    .description("Answers to commands, by code")
                    .tag("code", Integer.toString(code))
                    .register(registry);
        }
        for (Trait trait : Trait.values()) {
            FunctionCounter.builder("decoy.traits", collector, c -> c.sessionsWith(trait))
                    .description("Sessions that showed a trait")
                    .tag("trait", trait.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
    }

    static <T> void counter(MeterRegistry registry, String name, String description, T of, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, of, value).description(description).register(registry);
    }

    static <T> void gauge(MeterRegistry registry, String name, String description, T of, ToDoubleFunction<T> value) {
        Gauge.builder(name, of, value).description(description).register(registry);
    }
}
