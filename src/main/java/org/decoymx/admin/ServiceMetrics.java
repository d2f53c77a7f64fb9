package org.decoymx.admin;

import static org.decoymx.support.Meters.registerCounter;
import static org.decoymx.support.Meters.registerGauge;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.admin.login.AccessErrorMapper;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.blocklist.TierFilter;
import org.decoymx.ledger.Collector;
import org.decoymx.ledger.SenderLedger;
import org.decoymx.net.HttpConnectionLimits;
import org.decoymx.policy.SenderEvents;
import org.decoymx.policy.Tier;
import org.decoymx.policy.TrustCause;
import org.decoymx.policy.TrustIndex;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.decoymx.smtp.server.SmtpMetrics;

/** Metrics of SMTP sessions, the ledger and the blocklist. */
@Singleton
final class ServiceMetrics implements MeterBinder {
    private static final int[] REPLY_CODES = {
        214, 220, 221, 250, 252, 421, 451, 452, 454, 500, 501, 502, 503, 553, 554, 555
    };

    private final SmtpMetrics smtpMetrics;
    private final Collector collector;
    private final SenderLedger ledger;
    private final BlocklistPublisher publisher;
    private final AccessErrorMapper accessErrors;
    private final HttpConnectionLimits httpConnections;
    private final SenderEvents events;

    ServiceMetrics(
            SmtpMetrics smtpMetrics,
            Collector collector,
            SenderLedger ledger,
            BlocklistPublisher publisher,
            AccessErrorMapper accessErrors,
            HttpConnectionLimits httpConnections,
            TrustIndex trust) {
        this.smtpMetrics = smtpMetrics;
        this.collector = collector;
        this.ledger = ledger;
        this.publisher = publisher;
        this.accessErrors = accessErrors;
        this.httpConnections = httpConnections;
        events = trust.events();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        bindCounters(registry);
        bindTaggedCounters(registry);
        bindGauges(registry);
        bindHttpConnections(registry);
    }

    private void bindCounters(MeterRegistry registry) {
        registerCounter(registry, "decoy.sessions", "Sessions started", smtpMetrics, SmtpMetrics::sessions);
        registerCounter(
                registry,
                "decoy.connections.refused",
                "Rejected connections",
                smtpMetrics,
                SmtpMetrics::rejectedConnections);
        registerCounter(registry, "decoy.sightings", "Sightings received", collector, Collector::receivedCount);
        registerCounter(
                registry,
                "decoy.sightings.lost",
                "Sightings lost because the queue was full",
                collector,
                Collector::lostCount);
        registerCounter(
                registry,
                "decoy.logins.refused",
                "Requests without a valid token",
                accessErrors,
                AccessErrorMapper::rejectedRequests);
    }

    private void bindGauges(MeterRegistry registry) {
        registerGauge(
                registry, "decoy.connections.open", "Open connections", smtpMetrics, SmtpMetrics::openConnections);
        registerGauge(
                registry,
                "decoy.ledger.senders",
                "Ledger records: known senders, once for each decoy that has seen them",
                ledger,
                SenderLedger::size);
        registerGauge(
                registry,
                "decoy.ledger.waiting",
                "Senders that wait to be written to the ledger",
                ledger,
                SenderLedger::pendingCount);
        registerGauge(
                registry, "decoy.listed", "Entries of the published blocklist", publisher, p -> p.servedBlocklist()
                        .size());
        registerGauge(
                registry,
                "decoy.would.list",
                "Entries that the blocklist would have in enforce mode",
                publisher,
                p -> p.evaluatedBlocklist().size());
    }

    private void bindHttpConnections(MeterRegistry registry) {
        registerCounter(
                registry,
                "decoy.http.connections.refused",
                "Rejected connections to the HTTP and the management port",
                httpConnections,
                HttpConnectionLimits::rejectedConnections);
        registerGauge(
                registry,
                "decoy.http.connections.open",
                "Open connections to the HTTP and the management port",
                httpConnections,
                HttpConnectionLimits::openConnections);
    }

    private void bindTaggedCounters(MeterRegistry registry) {
        for (Verb verb : Verb.values()) {
            FunctionCounter.builder("decoy.commands", smtpMetrics, metrics -> metrics.commands(verb))
                    .description("Commands answered, by verb")
                    .tag("verb", verb.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        for (int code : REPLY_CODES) {
            FunctionCounter.builder("decoy.replies", smtpMetrics, metrics -> metrics.replies(code))
                    .description("Replies, by code")
                    .tag("code", Integer.toString(code))
                    .register(registry);
        }
        for (Trait trait : Trait.values()) {
            FunctionCounter.builder("decoy.traits", collector, c -> c.sessionsWith(trait))
                    .description("Sessions with a trait")
                    .tag("trait", trait.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        events.catchCounts().forEach((result, count) -> FunctionCounter.builder("decoy.catches", count, LongAdder::sum)
                .description("Sessions for a protected recipient that reached the 451, by what became of them")
                .tag("result", result)
                .register(registry));
        bindTiers(registry);
    }

    private void bindTiers(MeterRegistry registry) {
        for (TrustCause cause : TrustCause.values()) {
            String name = cause.name().toLowerCase(Locale.ROOT);
            FunctionCounter.builder("decoy.tier.changes", events, e -> e.tierChangeCount(cause))
                    .description("Senders that came into another tier, by cause")
                    .tag("cause", name)
                    .register(registry);
            FunctionCounter.builder("decoy.cleared", events, e -> e.clearCount(cause))
                    .description("Senders that were cleared, by cause")
                    .tag("cause", name)
                    .register(registry);
        }
        for (Tier tier : List.of(Tier.SUSPECT, Tier.CONFIRMED)) {
            Gauge.builder("decoy.senders", publisher, p -> countListed(p.evaluatedBlocklist(), tier))
                    .description("Listed senders by tier; in observe mode, those that would be listed")
                    .tag("tier", tier.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
    }

    /** The entries of the list; a confirmed address in a listed network is none. */
    private static int countListed(Blocklist list, Tier tier) {
        int suspects = list.size(TierFilter.SUSPECT);
        return tier == Tier.SUSPECT ? suspects : list.size() - suspects;
    }
}
