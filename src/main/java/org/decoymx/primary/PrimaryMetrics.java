package org.decoymx.primary;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.stream.Collectors;
import org.decoymx.policy.PrimaryVisits;
import org.decoymx.support.Meters;
import org.jspecify.annotations.Nullable;

/** Metrics of primary MX hosts, and of who was seen there. */
@Singleton
final class PrimaryMetrics implements MeterBinder {
    private final PrimaryVisits visits;
    private final PrimaryMonitor monitor;
    private volatile @Nullable MultiGauge up;

    PrimaryMetrics(PrimaryVisits visits, PrimaryMonitor monitor) {
        this.visits = visits;
        this.monitor = monitor;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Meters<PrimaryVisits> visited = new Meters<>(registry, visits);
        visited.gauge("decoy.witnesses", "Addresses seen at a primary MX", PrimaryVisits::size);
        visited.counter(
                "decoy.witnesses.recorded", "Visits at a primary MX that were reported", PrimaryVisits::recordedCount);
        new Meters<>(registry, monitor)
                .counter(
                        "decoy.primary.changes",
                        "State changes of primary MX hosts, up or down",
                        PrimaryMonitor::transitionCount);
        up = MultiGauge.builder("decoy.primary.up")
                .description("Whether a primary MX is up (1) or down (0)")
                .register(registry);
        onHostsChanged(new PrimaryHostsChanged());
    }

    void onHostsChanged(@Observes PrimaryHostsChanged event) {
        MultiGauge gauge = up;
        if (gauge != null) {
            gauge.register(monitor.monitoredHosts().stream().map(this::row).collect(Collectors.toList()), true);
        }
    }

    private MultiGauge.Row<?> row(PrimaryHost host) {
        return MultiGauge.Row.of(Tags.of("host", host.toString()), monitor, primary -> primary.isUp(host) ? 1 : 0);
    }
}
