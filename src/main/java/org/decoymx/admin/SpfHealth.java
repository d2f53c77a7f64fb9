package org.decoymx.admin;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.util.Map;
import org.decoymx.exemption.ExemptConfig;
import org.decoymx.exemption.SpfExemptions;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Whether the networks of the domains that are exempt by their SPF records are known, and not too old. */
@Wellness
@Singleton
final class SpfHealth implements HealthCheck {
    private final SpfExemptions domains;

    SpfHealth(SpfExemptions domains) {
        this.domains = domains;
    }

    @Override
    public HealthCheckResponse call() {
        Map<String, SpfExemptions.SpfDomainStatus> status = domains.statusByDomain();
        HealthCheckResponseBuilder health = HealthCheckResponse.named("exempt domains found")
                .status(isHealthy(status) && domains.fileProblem().isEmpty());
        status.forEach((name, of) -> health.withData(name, describeDomain(of)));
        domains.fileProblem().ifPresent(words -> health.withData("trouble", words));
        return health.build();
    }

    /** Of our own choice of domains one that cannot be found is no reason to wake anybody. */
    private static boolean isHealthy(Map<String, SpfExemptions.SpfDomainStatus> status) {
        boolean ours = String.join(",", status.keySet()).equals(ExemptConfig.DEFAULT_SPF_DOMAINS);
        boolean none = !status.isEmpty() && status.values().stream().allMatch(of -> of.resolvedAt() == null);
        return !none && status.values().stream().noneMatch(of -> of.isStale() && !(ours && of.resolvedAt() == null));
    }

    private static String describeDomain(SpfExemptions.SpfDomainStatus of) {
        StringBuilder words = new StringBuilder();
        if (of.resolvedAt() == null) {
            words.append("not found yet");
        } else {
            words.append(of.networks()).append(" networks, found at ").append(of.resolvedAt());
        }
        if (of.failure() != null) {
            words.append("; the latest try failed: ").append(of.failure());
        }
        if (!of.skippedTerms().isEmpty()) {
            words.append("; left out: ").append(of.skippedTerms().get(0));
        }
        if (of.skippedTerms().size() > 1) {
            words.append(", and ").append(of.skippedTerms().size() - 1).append(" more, see the log");
        }
        return words.toString();
    }
}
