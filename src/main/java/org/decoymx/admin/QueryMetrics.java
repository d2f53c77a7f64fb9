package org.decoymx.admin;

import static org.decoymx.support.Meters.registerCounter;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.dnsbl.DnsQueryService;
import org.decoymx.dnsbl.DnsblLifecycle;
import org.decoymx.postfix.PostfixLifecycle;
import org.decoymx.postfix.PostfixLookup;

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
        dnsQueryService.counts().forEach((kind, count) -> FunctionCounter.builder(
                        "decoy.dnsbl.answers", count, LongAdder::sum)
                .description("DNS queries, by result")
                .tag("answer", kind)
                .register(registry));
        registerCounter(
                registry,
                "decoy.lookup.listed",
                "Postfix lookups of listed clients",
                postfixLookup,
                PostfixLookup::listedCount);
        registerCounter(
                registry,
                "decoy.lookup.unlisted",
                "Postfix lookups of clients that are not listed",
                postfixLookup,
                PostfixLookup::unlistedCount);
        for (String action : PostfixLookup.ACTIONS) {
            FunctionCounter.builder("decoy.lookup.actions", postfixLookup, lookup -> lookup.actionCount(action))
                    .description("What Postfix was told to do with listed clients")
                    .tag("action", action.toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        registerCounter(
                registry,
                "decoy.dnsbl.connections.refused",
                "Rejected connections to the DNS port",
                dnsblLifecycle,
                DnsblLifecycle::refusedConnections);
        registerCounter(
                registry,
                "decoy.lookup.connections.refused",
                "Rejected connections to the Postfix lookup ports",
                postfixLifecycle,
                PostfixLifecycle::refusedConnections);
    }
}
