package org.decoymx.admin;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.ledger.Collector;
import org.decoymx.ledger.SenderLedger;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.decoymx.smtp.server.SmtpMetrics;

/** The decoy's own meters, named {@code decoy_*}, but for those of {@link ExemptionMetrics}. */
@Singleton
final class ServiceMetrics implements MeterBinder {
    private static final int[] REPLY_CODES = {
        214, 220, 221, 250, 252, 421, 451, 452, 454, 500, 501, 502, 503, 553, 554, 555
    };

    private final SmtpMetrics traffic;
    private final Collector collector;
    private final SenderLedger ledger;
    private final BlocklistPublisher publisher;
    private final TokenAuthenticator authenticator;

    ServiceMetrics(
            SmtpMetrics traffic,
            Collector collector,
            SenderLedger ledger,
            BlocklistPublisher publisher,
            TokenAuthenticator access) {
        this.traffic = traffic;
        this.collector = collector;
        this.ledger = ledger;
        this.publisher = publisher;
        this.authenticator = access;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        registerCounter(registry, "decoy.sessions", "Sessions begun", traffic, SmtpMetrics::sessions);
        registerCounter(
                registry,
                "decoy.connections.refused",
                "Connections turned away",
                traffic,
                SmtpMetrics::rejectedConnections);
        registerCounter(registry, "decoy.sightings", "Sightings gathered", collector, Collector::receivedCount);
        registerCounter(
                registry, "decoy.sightings.lost", "Sightings that found no room", collector, Collector::lostCount);
        registerCounter(
                registry,
                "decoy.logins.refused",
                "Requests without the right token",
                authenticator,
                TokenAuthenticator::rejectedRequests);
        registerGauge(
                registry, "decoy.connections.open", "Connections open now", traffic, SmtpMetrics::openConnections);
        registerGauge(
                registry,
                "decoy.ledger.senders",
                "Senders known, once for each decoy that has counted them",
                ledger,
                SenderLedger::size);
        registerGauge(
                registry,
                "decoy.ledger.waiting",
                "Senders that wait to be written",
                ledger,
                SenderLedger::pendingCount);
        registerGauge(
                registry, "decoy.listed", "Entries of the list as it is served", publisher, p -> p.servedBlocklist()
                        .size());
        registerGauge(
                registry,
                "decoy.would.list",
                "Entries there would be if mode were enforce",
                publisher,
                p -> p.evaluatedBlocklist().size());
        for (Verb verb : Verb.values()) {
            FunctionCounter.builder("decoy.commands", traffic, t -> t.commands(verb))
                    .description("Commands answered, by verb")
                    .tag("verb", verb.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        for (int code : REPLY_CODES) {
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

    static <T> void registerCounter(
            MeterRegistry registry, String name, String description, T of, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, of, value).description(description).register(registry);
    }

    static <T> void registerGauge(
            MeterRegistry registry, String name, String description, T of, ToDoubleFunction<T> value) {
        Gauge.builder(name, of, value).description(description).register(registry);
    }
}
