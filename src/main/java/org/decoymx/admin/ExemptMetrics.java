package org.decoymx.admin;

import static org.decoymx.admin.DecoyMetrics.counter;
import static org.decoymx.admin.DecoyMetrics.gauge;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import org.decoymx.exemption.Dnswl;
import org.decoymx.policy.Exempt;
import org.decoymx.primary.Outage;
import org.decoymx.primary.Witnesses;

/** Meters of what keeps good senders off the list. */
@Singleton
final class ExemptMetrics implements MeterBinder {
    private final Exempt exempt;
    private final Dnswl allowlists;
    private final Witnesses witnesses;
    private final Outage outage;

    ExemptMetrics(Exempt exempt, Dnswl allowlists, Witnesses witnesses, Outage outage) {
        this.exempt = exempt;
        this.allowlists = allowlists;
        this.witnesses = witnesses;
        this.outage = outage;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(registry, "decoy.exempt.networks", "Networks exempt, or taken out again", exempt, Exempt::size);
        counter(registry, "decoy.dnswl.questions", "Questions to allowlists", allowlists, Dnswl::questions);
        counter(registry, "decoy.dnswl.failures", "Questions that no allowlist answered", allowlists, Dnswl::failures);
        gauge(registry, "decoy.witnesses", "Addresses seen at a primary MX", witnesses, Witnesses::size);
        counter(
                registry,
                "decoy.witnesses.recorded",
                "Times that an address was told to be seen at a primary MX",
                witnesses,
                Witnesses::recorded);
        counter(
                registry,
                "decoy.primary.changes",
                "Times that a primary MX went down or came up",
                outage,
                Outage::changes);
        for (Outage.Watched watched : outage.hosts()) {
            Gauge.builder("decoy.primary.up", outage, o -> o.isUp(watched.host()) ? 1 : 0)
                    .description("Whether a primary MX greets")
                    .tag("host", watched.host().toString())
                    .register(registry);
        }
    }
}
