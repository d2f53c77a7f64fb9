package org.decoymx.exemption;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.support.Meters;

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
        new Meters<>(registry, exemptNetworks)
                .gauge("decoy.exempt.networks", "Exempt networks, and exceptions from them", ExemptNetworks::size);
        Meters<DnswlService> queries = new Meters<>(registry, allowlists);
        queries.counter("decoy.dnswl.questions", "Queries to DNS allowlists", DnswlService::queries);
        queries.counter("decoy.dnswl.failures", "Queries to DNS allowlists that failed", DnswlService::failures);
    }
}
