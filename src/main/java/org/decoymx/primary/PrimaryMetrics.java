package org.decoymx.primary;

import static org.decoymx.support.Meters.registerCounter;
import static org.decoymx.support.Meters.registerGauge;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import org.decoymx.policy.PrimaryVisits;

/** Metrics of primary MX hosts, and of who was seen there. */
@Singleton
final class PrimaryMetrics implements MeterBinder {
    private final PrimaryVisits visits;
    private final PrimaryMonitor monitor;

    PrimaryMetrics(PrimaryVisits visits, PrimaryMonitor monitor) {
        this.visits = visits;
        this.monitor = monitor;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        registerGauge(registry, "decoy.witnesses", "Addresses seen at a primary MX", visits, PrimaryVisits::size);
        registerCounter(
                registry,
                "decoy.witnesses.recorded",
                "Visits at a primary MX that were reported",
                visits,
                PrimaryVisits::recordedCount);
        registerCounter(
                registry,
                "decoy.primary.changes",
                "State changes of primary MX hosts, up or down",
                monitor,
                PrimaryMonitor::transitionCount);
        for (PrimaryMonitor.HostStatus host : monitor.hosts()) {
            Gauge.builder("decoy.primary.up", monitor, primary -> primary.isUp(host.host()) ? 1 : 0)
                    .description("Whether a primary MX is up (1) or down (0)")
                    .tag("host", host.host().toString())
                    .register(registry);
        }
    }
}
