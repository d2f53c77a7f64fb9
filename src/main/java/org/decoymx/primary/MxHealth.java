package org.decoymx.primary;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Checks whether the decoy is the worst MX of the protected domains; where it is not, nothing counts. */
@Wellness
@Singleton
final class MxHealth implements HealthCheck {
    private static final int MAX_DOMAINS = 100;

    private final MxDomains domains;
    private final MxSettings settings;

    MxHealth(MxDomains domains, MxSettings settings) {
        this.domains = domains;
        this.settings = settings;
    }

    @Override
    public HealthCheckResponse call() {
        Map<String, Optional<String>> problems = domains.problems();
        HealthCheckResponseBuilder health = HealthCheckResponse.named("decoy is worst MX")
                .status(problems.values().stream().allMatch(Optional::isEmpty));
        if (!settings.isRequired()) {
            return health.withData("domains", "not checked, because of trial mode or decoy.policy.require-mx")
                    .build();
        }
        problems.entrySet().stream()
                .filter(domain -> domain.getValue().isPresent())
                .limit(MAX_DOMAINS)
                .forEach(domain -> health.withData(
                        domain.getKey(), "nothing counts: " + domain.getValue().orElseThrow()));
        return health.withData("decoy", String.join(", ", settings.decoys()))
                .withData("domains", problems.size())
                .build();
    }
}
