package org.decoymx.exemption;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.util.Map;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Checks whether the networks of the domains exempt by SPF are resolved and not stale. */
@Wellness
@Singleton
final class SpfHealth implements HealthCheck {
    private final SpfExemptions spfExemptions;

    SpfHealth(SpfExemptions spfExemptions) {
        this.spfExemptions = spfExemptions;
    }

    @Override
    public HealthCheckResponse call() {
        Map<String, SpfExemptions.SpfDomainStatus> status = spfExemptions.statusByDomain();
        HealthCheckResponseBuilder health = HealthCheckResponse.named("exempt domains found")
                .status(isHealthy(status) && spfExemptions.fileProblem().isEmpty());
        status.forEach((name, domainStatus) -> health.withData(name, describeDomain(domainStatus)));
        if (!spfExemptions.areNetworksKnown()) {
            health.withData("nothing counts now", "DNS has not answered yet for all of these domains");
        }
        spfExemptions.fileProblem().ifPresent(text -> health.withData("trouble", text));
        return health.build();
    }

    /** A domain of the default list that was never resolved does not fail the check, unless no domain was. */
    private static boolean isHealthy(Map<String, SpfExemptions.SpfDomainStatus> status) {
        boolean usesDefaults = String.join(",", status.keySet()).equals(ExemptConfig.DEFAULT_SPF_DOMAINS);
        boolean noneResolved = !status.isEmpty()
                && status.values().stream().allMatch(domainStatus -> domainStatus.resolvedAt() == null);
        return !noneResolved
                && status.values().stream()
                        .noneMatch(domainStatus ->
                                domainStatus.isStale() && !(usesDefaults && domainStatus.resolvedAt() == null));
    }

    private static String describeDomain(SpfExemptions.SpfDomainStatus domainStatus) {
        StringBuilder text = new StringBuilder();
        if (domainStatus.resolvedAt() == null) {
            text.append("not resolved yet");
        } else {
            text.append(domainStatus.networks())
                    .append(" networks, resolved at ")
                    .append(domainStatus.resolvedAt());
        }
        if (domainStatus.failure() != null) {
            text.append("; the last attempt failed: ").append(domainStatus.failure());
        }
        if (!domainStatus.skippedTerms().isEmpty()) {
            text.append("; skipped: ").append(domainStatus.skippedTerms().get(0));
        }
        if (domainStatus.skippedTerms().size() > 1) {
            text.append(", and ").append(domainStatus.skippedTerms().size() - 1).append(" more, see the log");
        }
        return text.toString();
    }
}
