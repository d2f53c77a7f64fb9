package org.decoymx.admin;

import static org.decoymx.admin.ServiceMetrics.registerCounter;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.dnsbl.DnsQueryService;
import org.decoymx.dnsbl.DnsblLifecycle;
import org.decoymx.postfix.PostfixLifecycle;
import org.decoymx.postfix.PostfixLookup;

/** Meters of what is asked by DNS and by Postfix. */
@Singleton
final class QueryMetrics implements MeterBinder {
    private final DnsQueryService dnsQueryService;
    private final PostfixLookup postfixLookup;
    private final DnsblLifecycle dnsPort;
    private final PostfixLifecycle postfixPorts;

    QueryMetrics(DnsQueryService dnsbl, PostfixLookup lookup, DnsblLifecycle dnsPort, PostfixLifecycle postfixPorts) {
        this.dnsQueryService = dnsbl;
        this.postfixLookup = lookup;
        this.dnsPort = dnsPort;
        this.postfixPorts = postfixPorts;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        dnsQueryService.counts().forEach((kind, count) -> FunctionCounter.builder(
                        "decoy.dnsbl.answers", count, LongAdder::sum)
                .description("Questions by DNS, by what became of them")
                .tag("answer", kind)
                .register(registry));
        registerCounter(
                registry,
                "decoy.lookup.listed",
                "Times that Postfix asked for a listed client",
                postfixLookup,
                PostfixLookup::listedCount);
        registerCounter(
                registry,
                "decoy.lookup.unlisted",
                "Times that it asked for another",
                postfixLookup,
                PostfixLookup::unlistedCount);
        registerCounter(
                registry,
                "decoy.dnsbl.connections.refused",
                "Connections to the DNS port turned away",
                dnsPort,
                DnsblLifecycle::refusedConnections);
        registerCounter(
                registry,
                "decoy.lookup.connections.refused",
                "Connections to the ports for Postfix turned away",
                postfixPorts,
                PostfixLifecycle::refusedConnections);
    }
}
