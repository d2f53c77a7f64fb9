package org.decoymx.primary;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.decoymx.policy.PrimaryVisits;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/**
 * Checks whether visits at a primary MX can be written. While they cannot, they are kept in memory until the decoy
 * stops.
 */
@Wellness
@Singleton
final class PrimaryVisitsHealth implements HealthCheck {
    private final PrimaryVisits primaryVisits;
    private final PrimaryWriter writer;

    PrimaryVisitsHealth(PrimaryVisits primaryVisits, PrimaryWriter writer) {
        this.primaryVisits = primaryVisits;
        this.writer = writer;
    }

    @Override
    public HealthCheckResponse call() {
        Optional<String> problem = writer.storageError();
        List<String> quarantined = writer.quarantinedFiles();
        HealthCheckResponseBuilder health = HealthCheckResponse.named("witnesses kept")
                .status(problem.isEmpty() && quarantined.isEmpty())
                .withData("addresses", primaryVisits.size());
        problem.ifPresent(text -> health.withData("trouble", text));
        if (!quarantined.isEmpty()) {
            health.withData(
                    "damaged",
                    String.join(", ", quarantined)
                            + ": quarantined, and a new file was started with all visits in memory; move it away");
        }
        return health.build();
    }
}
