package org.decoymx.admin;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.util.List;
import org.decoymx.policy.DomainProtection;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/**
 * Checks whether the protections of each protected domain are active. Neither a readiness nor a liveness check: a
 * restart does not help, and the decoy does its work with what it has.
 */
@Wellness
@Singleton
final class ProtectionHealth implements HealthCheck {
    private static final int MAX_DOMAINS = 50;

    private final ProtectionMonitor monitor;

    ProtectionHealth(ProtectionMonitor monitor) {
        this.monitor = monitor;
    }

    @Override
    public HealthCheckResponse call() {
        List<DomainProtection> protections = monitor.protections();
        HealthCheckResponseBuilder health = HealthCheckResponse.named("domains protected")
                .status(protections.stream().allMatch(DomainProtection::isComplete));
        if (protections.isEmpty()) {
            return health.withData("domains", "none in trial mode").build();
        }
        protections.stream()
                .sorted((one, other) -> Boolean.compare(one.isComplete(), other.isComplete()))
                .limit(MAX_DOMAINS)
                .forEach(domain -> health.withData(
                        domain.domain(), domain.isComplete() ? "all protections are active" : domain.lackingWords()));
        if (protections.size() > MAX_DOMAINS) {
            health.withData("more domains", protections.size() - MAX_DOMAINS);
        }
        return health.build();
    }
}
