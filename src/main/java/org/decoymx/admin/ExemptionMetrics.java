package org.decoymx.admin;

import static org.decoymx.admin.ServiceMetrics.registerCounter;
import static org.decoymx.admin.ServiceMetrics.registerGauge;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import org.decoymx.exemption.DnswlService;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.primary.PrimaryMonitor;
import org.decoymx.primary.PrimaryVisits;

/** Meters of what keeps good senders off the list. */
@Singleton
final class ExemptionMetrics implements MeterBinder {
    private final ExemptNetworks exemptNetworks;
    private final DnswlService allowlists;
    private final PrimaryVisits primaryVisits;
    private final PrimaryMonitor primaryMonitor;

    ExemptionMetrics(ExemptNetworks exempt, DnswlService allowlists, PrimaryVisits witnesses, PrimaryMonitor outage) {
        this.exemptNetworks = exempt;
        this.allowlists = allowlists;
        this.primaryVisits = witnesses;
        this.primaryMonitor = outage;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        registerGauge(
                registry,
                "decoy.exempt.networks",
                "Networks exempt, or taken out again",
                exemptNetworks,
                ExemptNetworks::size);
        registerCounter(
                registry, "decoy.dnswl.questions", "Questions to allowlists", allowlists, DnswlService::queries);
        registerCounter(
                registry,
                "decoy.dnswl.failures",
                "Questions that no allowlist answered",
                allowlists,
                DnswlService::failures);
        registerGauge(
                registry, "decoy.witnesses", "Addresses seen at a primary MX", primaryVisits, PrimaryVisits::size);
        registerCounter(
                registry,
                "decoy.witnesses.recorded",
                "Times that an address was told to be seen at a primary MX",
                primaryVisits,
                PrimaryVisits::recordedCount);
        registerCounter(
                registry,
                "decoy.primary.changes",
                "Times that a primary MX went down or came up",
                primaryMonitor,
                PrimaryMonitor::transitionCount);
        for (PrimaryMonitor.HostStatus watched : primaryMonitor.hosts()) {
            Gauge.builder("decoy.primary.up", primaryMonitor, o -> o.isUp(watched.host()) ? 1 : 0)
                    .description("Whether a primary MX greets")
                    .tag("host", watched.host().toString())
                    .register(registry);
        }
    }
}
