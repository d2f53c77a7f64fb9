package org.decoymx.admin;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.decoymx.primary.PrimaryKeeperBean;
import org.decoymx.primary.Witnesses;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Whether it can be written who was seen at a primary MX. While it cannot, it is known until the decoy ends. */
@Wellness
@Singleton
final class WitnessHealth implements HealthCheck {
    private final Witnesses witnesses;
    private final PrimaryKeeperBean keeper;

    WitnessHealth(Witnesses witnesses, PrimaryKeeperBean keeper) {
        this.witnesses = witnesses;
        this.keeper = keeper;
    }

    @Override
    public HealthCheckResponse call() {
        Optional<String> trouble = keeper.trouble();
        List<String> damaged = keeper.setAsideFiles();
        HealthCheckResponseBuilder health = HealthCheckResponse.named("witnesses kept")
                .status(trouble.isEmpty() && damaged.isEmpty())
                .withData("addresses", witnesses.size());
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
