package org.decoymx.admin;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.dnsbl.DnsQueryService;
import org.decoymx.dnsbl.DnsblLifecycle;
import org.decoymx.postfix.PostfixLifecycle;
import org.decoymx.postfix.PostfixLookup;
import org.decoymx.support.Meters;

/** Metrics of DNS queries and Postfix lookups. */
@Singleton
final class QueryMetrics implements MeterBinder {
    private final DnsQueryService dnsQueryService;
    private final PostfixLookup postfixLookup;
    private final DnsblLifecycle dnsblLifecycle;
    private final PostfixLifecycle postfixLifecycle;

    QueryMetrics(
            DnsQueryService dnsQueryService,
            PostfixLookup postfixLookup,
            DnsblLifecycle dnsblLifecycle,
            PostfixLifecycle postfixLifecycle) {
        this.dnsQueryService = dnsQueryService;
        this.postfixLookup = postfixLookup;
        this.dnsblLifecycle = dnsblLifecycle;
        this.postfixLifecycle = postfixLifecycle;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        dnsQueryService.counts().forEach((kind, count) -> new Meters<>(registry, count)
                .tag("answer", kind)
                .counter("decoy.dnsbl.answers", "DNS queries, by result", LongAdder::sum));
        Meters<PostfixLookup> lookups = new Meters<>(registry, postfixLookup);
        lookups.counter("decoy.lookup.listed", "Postfix lookups of listed clients", PostfixLookup::listedCount);
        lookups.counter(
                "decoy.lookup.unlisted",
                "Postfix lookups of clients that are not listed",
                PostfixLookup::unlistedCount);
        for (String action : PostfixLookup.ACTIONS) {
            lookups.tag("action", action.toLowerCase(Locale.ROOT))
                    .counter(
                            "decoy.lookup.actions",
                            "What Postfix was told to do with listed clients",
                            lookup -> lookup.actionCount(action));
        }
        new Meters<>(registry, dnsblLifecycle)
                .counter(
                        "decoy.dnsbl.connections.refused",
                        "Rejected connections to the DNS port",
                        DnsblLifecycle::refusedConnections);
        new Meters<>(registry, postfixLifecycle)
                .counter(
                        "decoy.lookup.connections.refused",
                        "Rejected connections to the Postfix lookup ports",
                        PostfixLifecycle::refusedConnections);
    }
}
