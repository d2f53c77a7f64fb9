package org.decoymx.exemption;

import static org.decoymx.support.Meters.registerCounter;
import static org.decoymx.support.Meters.registerGauge;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import org.decoymx.policy.ExemptNetworks;

/** Metrics of exemptions and allowlists. */
@Singleton
final class ExemptionMetrics implements MeterBinder {
    private final ExemptNetworks exemptNetworks;
    private final DnswlService allowlists;

    ExemptionMetrics(ExemptNetworks exemptNetworks, DnswlService allowlists) {
        this.exemptNetworks = exemptNetworks;
        this.allowlists = allowlists;
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
    }
}
