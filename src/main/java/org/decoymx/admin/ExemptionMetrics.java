package org.decoymx.admin;

import static org.decoymx.admin.ServiceMetrics.registerCounter;
import static org.decoymx.admin.ServiceMetrics.registerGauge;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import org.decoymx.exemption.DnswlService;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.PrimaryVisits;
import org.decoymx.primary.PrimaryMonitor;

/** Metrics of exemptions, allowlists and primary MX hosts. */
@Singleton
final class ExemptionMetrics implements MeterBinder {
    private final ExemptNetworks exemptNetworks;
    private final DnswlService allowlists;
    private final PrimaryVisits primaryVisits;
    private final PrimaryMonitor primaryMonitor;

    ExemptionMetrics(
            ExemptNetworks exemptNetworks,
            DnswlService allowlists,
            PrimaryVisits primaryVisits,
            PrimaryMonitor primaryMonitor) {
        this.exemptNetworks = exemptNetworks;
        this.allowlists = allowlists;
        this.primaryVisits = primaryVisits;
        this.primaryMonitor = primaryMonitor;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        registerGauge(
                registry,
                "decoy.exempt.networks",
                "Exempt networks, and exceptions from them",
                exemptNetworks,
                ExemptNetworks::size);
        registerCounter(
                registry, "decoy.dnswl.questions", "Queries to DNS allowlists", allowlists, DnswlService::queries);
        registerCounter(
                registry,
                "decoy.dnswl.failures",
                "Queries to DNS allowlists that failed",
                allowlists,
                DnswlService::failures);
        registerGauge(
                registry, "decoy.witnesses", "Addresses seen at a primary MX", primaryVisits, PrimaryVisits::size);
        registerCounter(
                registry,
                "decoy.witnesses.recorded",
                "Visits at a primary MX that were reported",
                primaryVisits,
                PrimaryVisits::recordedCount);
        registerCounter(
                registry,
                "decoy.primary.changes",
                "State changes of primary MX hosts, up or down",
                primaryMonitor,
                PrimaryMonitor::transitionCount);
        for (PrimaryMonitor.HostStatus host : primaryMonitor.hosts()) {
            Gauge.builder("decoy.primary.up", primaryMonitor, monitor -> monitor.isUp(host.host()) ? 1 : 0)
                    .description("Whether a primary MX is up (1) or down (0)")
                    .tag("host", host.host().toString())
                    .register(registry);
        }
    }
}
