package org.decoymx.exemption;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.util.List;
import org.decoymx.policy.ExemptNetworks;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/**
 * Checks whether all exemptions could be read. Not a readiness check, because the exemptions that were read last stay
 * valid.
 */
@Wellness
@Singleton
final class ExemptionHealth implements HealthCheck {
    private static final int MAX_SOURCES = 50;
    private static final int MAX_PROBLEMS = 20;

    private final ExemptionService exemptions;
    private final ExemptNetworks exemptNetworks;

    ExemptionHealth(ExemptionService exemptions, ExemptNetworks exemptNetworks) {
        this.exemptions = exemptions;
        this.exemptNetworks = exemptNetworks;
    }

    @Override
    public HealthCheckResponse call() {
        List<String> problems = exemptions.problems();
        HealthCheckResponseBuilder health =
                HealthCheckResponse.named("exemptions read").status(problems.isEmpty());
        exemptNetworks.sources().entrySet().stream()
                .limit(MAX_SOURCES)
                .forEach(source ->
                        health.withData(source.getKey(), source.getValue().size()));
        if (!problems.isEmpty()) {
            health.withData("trouble", String.join("; ", problems.subList(0, Math.min(MAX_PROBLEMS, problems.size()))));
        }
        return health.build();
    }
}
