package org.decoymx.exchange;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/**
 * Checks whether states are shared with other nodes. Not a readiness check, because without the others the decoy still
 * accepts sessions and serves its list.
 */
@Wellness
@Singleton
final class ExchangeHealth implements HealthCheck {
    private final ExchangeService service;

    ExchangeHealth(ExchangeService service) {
        this.service = service;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder health =
                HealthCheckResponse.named("exchange").up();
        service.status().ifPresent(status -> {
            health.status(status.trouble() == null)
                    .withData("commits that wait", status.pending())
                    .withData("records that wait", status.lagRecords())
                    .withData("records that are not valid", status.poison());
            if (status.trouble() != null) {
                health.withData("trouble", status.trouble()).withData("since", String.valueOf(status.since()));
            }
        });
        return health.build();
    }
}
