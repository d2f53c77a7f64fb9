package org.decoymx.admin;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.util.List;
import org.decoymx.exemption.Exemptions;
import org.decoymx.policy.Exempt;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Whether all is known of those who are never listed. It is no matter of readiness: what was read last holds. */
@Wellness
@Singleton
final class ExemptionHealth implements HealthCheck {
    private static final int MAX_SOURCES = 50;
    private static final int MAX_TROUBLES = 20;

    private final Exemptions exemptions;
    private final Exempt exempt;

    ExemptionHealth(Exemptions exemptions, Exempt exempt) {
        this.exemptions = exemptions;
        this.exempt = exempt;
    }

    @Override
    public HealthCheckResponse call() {
        List<String> troubles = exemptions.troubles();
        HealthCheckResponseBuilder health =
                HealthCheckResponse.named("exemptions read").status(troubles.isEmpty());
        exempt.sources().entrySet().stream()
                .limit(MAX_SOURCES)
                .forEach(source ->
                        health.withData(source.getKey(), source.getValue().size()));
        if (!troubles.isEmpty()) {
            health.withData("trouble", String.join("; ", troubles.subList(0, Math.min(MAX_TROUBLES, troubles.size()))));
        }
        return health.build();
    }
}
