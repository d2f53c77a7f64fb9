package org.decoymx.admin;

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
import org.decoymx.support.Meters;

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
        bindSmtp(new Meters<>(registry, smtpMetrics));
        bindSightings(new Meters<>(registry, collector));
        bindLedger(new Meters<>(registry, ledger));
        bindBlocklist(new Meters<>(registry, publisher));
        bindHttp(new Meters<>(registry, httpConnections));
        new Meters<>(registry, accessErrors)
                .counter("decoy.logins.refused", "Requests without a valid token", AccessErrorMapper::rejectedRequests);
        bindTiers(registry);
    }

    private static void bindSmtp(Meters<SmtpMetrics> smtp) {
        smtp.counter("decoy.sessions", "Sessions started", SmtpMetrics::sessions);
        smtp.counter("decoy.connections.refused", "Rejected connections", SmtpMetrics::rejectedConnections);
        smtp.gauge("decoy.connections.open", "Open connections", SmtpMetrics::openConnections);
        for (Verb verb : Verb.values()) {
            smtp.tag("verb", verb.name().toLowerCase(Locale.ROOT))
                    .counter("decoy.commands", "Commands answered, by verb", metrics -> metrics.commands(verb));
        }
        for (int code : REPLY_CODES) {
            smtp.tag("code", Integer.toString(code))
                    .counter("decoy.replies", "Replies, by code", metrics -> metrics.replies(code));
        }
    }

    private static void bindSightings(Meters<Collector> sightings) {
        sightings.counter("decoy.sightings", "Sightings received", Collector::receivedCount);
        sightings.counter("decoy.sightings.lost", "Sightings lost because the queue was full", Collector::lostCount);
        for (Trait trait : Trait.values()) {
            sightings
                    .tag("trait", trait.name().toLowerCase(Locale.ROOT))
                    .counter("decoy.traits", "Sessions with a trait", collector -> collector.sessionsWith(trait));
        }
    }

    private static void bindLedger(Meters<SenderLedger> ledger) {
        ledger.gauge(
                "decoy.ledger.senders",
                "Ledger records: known senders, once for each decoy that has seen them",
                SenderLedger::size);
        ledger.gauge(
                "decoy.ledger.waiting", "Senders that wait to be written to the ledger", SenderLedger::pendingCount);
    }

    private static void bindBlocklist(Meters<BlocklistPublisher> list) {
        list.gauge("decoy.listed", "Entries of the published blocklist", publisher -> publisher
                .servedBlocklist()
                .size());
        list.gauge("decoy.would.list", "Entries that the blocklist would have in enforce mode", publisher -> publisher
                .evaluatedBlocklist()
                .size());
    }

    private static void bindHttp(Meters<HttpConnectionLimits> http) {
        http.counter(
                "decoy.http.connections.refused",
                "Rejected connections to the HTTP and the management port",
                HttpConnectionLimits::rejectedConnections);
        http.gauge(
                "decoy.http.connections.open",
                "Open connections to the HTTP and the management port",
                HttpConnectionLimits::openConnections);
    }

    private void bindTiers(MeterRegistry registry) {
        events.catchCounts().forEach((result, count) -> new Meters<>(registry, count)
                .tag("result", result)
                .counter(
                        "decoy.catches",
                        "Sessions for a protected recipient that reached the 451, by what became of them",
                        LongAdder::sum));
        for (TrustCause cause : TrustCause.values()) {
            Meters<SenderEvents> caused =
                    new Meters<>(registry, events).tag("cause", cause.name().toLowerCase(Locale.ROOT));
            caused.counter(
                    "decoy.tier.changes",
                    "Senders that came into another tier, by cause",
                    changes -> changes.tierChangeCount(cause));
            caused.counter(
                    "decoy.cleared", "Senders that were cleared, by cause", changes -> changes.clearCount(cause));
        }
        for (Tier tier : List.of(Tier.SUSPECT, Tier.CONFIRMED)) {
            new Meters<>(registry, publisher)
                    .tag("tier", tier.text())
                    .gauge(
                            "decoy.senders",
                            "Listed senders by tier; in observe mode, those that would be listed",
                            served -> countListed(served.evaluatedBlocklist(), tier));
        }
    }

    /** The entries of the list; a confirmed address in a listed network is none. */
    private static int countListed(Blocklist list, Tier tier) {
        int suspects = list.size(TierFilter.SUSPECT);
        return tier == Tier.SUSPECT ? suspects : list.size() - suspects;
    }
}
