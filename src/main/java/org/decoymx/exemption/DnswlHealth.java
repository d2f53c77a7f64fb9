package org.decoymx.exemption;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Checks whether the DNS allowlists respond. While one does not, new senders are not scored. */
@Wellness
@Singleton
final class DnswlHealth implements HealthCheck {
    private final DnswlService allowlists;

    DnswlHealth(DnswlService allowlists) {
        this.allowlists = allowlists;
    }

    @Override
    public HealthCheckResponse call() {
        Map<String, Optional<String>> zones = allowlists.zones();
        HealthCheckResponseBuilder health = HealthCheckResponse.named("allowlists answer")
                .status(zones.values().stream().allMatch(Optional::isEmpty));
        zones.forEach((zone, failure) -> health.withData(
                zone,
                failure.map(error -> error + "; new senders are not scored meanwhile")
                        .orElse("answers")));
        return health.build();
    }
}
