package org.decoymx.admin;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.decoymx.primary.PrimaryVisits;
import org.decoymx.primary.PrimaryWriterLifecycle;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Whether it can be written who was seen at a primary MX. While it cannot, it is known until the decoy ends. */
@Wellness
@Singleton
final class PrimaryVisitsHealth implements HealthCheck {
    private final PrimaryVisits primaryVisits;
    private final PrimaryWriterLifecycle primaryLifecycle;

    PrimaryVisitsHealth(PrimaryVisits witnesses, PrimaryWriterLifecycle keeper) {
        this.primaryVisits = witnesses;
        this.primaryLifecycle = keeper;
    }

    @Override
    public HealthCheckResponse call() {
        Optional<String> trouble = primaryLifecycle.storageError();
        List<String> damaged = primaryLifecycle.quarantinedFiles();
        HealthCheckResponseBuilder health = HealthCheckResponse.named("witnesses kept")
                .status(trouble.isEmpty() && damaged.isEmpty())
                .withData("addresses", primaryVisits.size());
        trouble.ifPresent(words -> health.withData("trouble", words));
        if (!damaged.isEmpty()) {
            health.withData(
                    "damaged",
                    String.join(", ", damaged)
                            + ": set aside, and a new file begun with all that was known; move it away");
        }
        return health.build();
    }
}
