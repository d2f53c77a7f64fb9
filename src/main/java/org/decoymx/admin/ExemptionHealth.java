package org.decoymx.admin;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.util.List;
import org.decoymx.exemption.ExemptionService;
import org.decoymx.policy.ExemptNetworks;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Whether all is known of those who are never listed. It is no matter of readiness: what was read last holds. */
@Wellness
@Singleton
final class ExemptionHealth implements HealthCheck {
    private static final int MAX_SOURCES = 50;
    private static final int MAX_PROBLEMS = 20;

    private final ExemptionService exemptions;
    private final ExemptNetworks exemptNetworks;

    ExemptionHealth(ExemptionService exemptions, ExemptNetworks exempt) {
        this.exemptions = exemptions;
        this.exemptNetworks = exempt;
    }

    @Override
    public HealthCheckResponse call() {
        List<String> troubles = exemptions.problems();
        HealthCheckResponseBuilder health =
                HealthCheckResponse.named("exemptions read").status(troubles.isEmpty());
        exemptNetworks.sources().entrySet().stream()
                .limit(MAX_SOURCES)
                .forEach(source ->
                        health.withData(source.getKey(), source.getValue().size()));
        if (!troubles.isEmpty()) {
            health.withData("trouble", String.join("; ", troubles.subList(0, Math.min(MAX_PROBLEMS, troubles.size()))));
        }
        return health.build();
    }
}
