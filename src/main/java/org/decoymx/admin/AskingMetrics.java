package org.decoymx.admin;

import static org.decoymx.admin.DecoyMetrics.counter;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.dnsbl.Answering;
import org.decoymx.dnsbl.DnsblBean;
import org.decoymx.postfix.Lookup;
import org.decoymx.postfix.LookupBean;

/** Meters of what is asked by DNS and by Postfix. */
@Singleton
final class AskingMetrics implements MeterBinder {
    private final Answering dnsbl;
    private final Lookup lookup;
    private final DnsblBean dnsPort;
    private final LookupBean postfixPorts;

    AskingMetrics(Answering dnsbl, Lookup lookup, DnsblBean dnsPort, LookupBean postfixPorts) {
        this.dnsbl = dnsbl;
        this.lookup = lookup;
        this.dnsPort = dnsPort;
        this.postfixPorts = postfixPorts;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        dnsbl.counts().forEach((kind, count) -> FunctionCounter.builder("decoy.dnsbl.answers", count, LongAdder::sum)
                .description("Questions by DNS, by what became of them")
                .tag("answer", kind)
                .register(registry));
        counter(
                registry,
                "decoy.lookup.listed",
                "Times that Postfix asked for a listed client",
                lookup,
                Lookup::listed);
        counter(registry, "decoy.lookup.unlisted", "Times that it asked for another", lookup, Lookup::unlisted);
        counter(
                registry,
                "decoy.dnsbl.connections.refused",
                "Connections to the DNS port turned away",
                dnsPort,
                DnsblBean::refusedConnections);
        counter(
                registry,
                "decoy.lookup.connections.refused",
                "Connections to the ports for Postfix turned away",
                postfixPorts,
                LookupBean::refusedConnections);
    }
}
