package org.decoymx.admin;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.util.Map;
import org.decoymx.exemption.ExemptConfig;
import org.decoymx.exemption.SpfDomains;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Whether the networks of the domains that are exempt by their SPF records are known, and not too old. */
@Wellness
@Singleton
final class SpfHealth implements HealthCheck {
    private final SpfDomains domains;

    SpfHealth(SpfDomains domains) {
        this.domains = domains;
    }

    @Override
    public HealthCheckResponse call() {
        Map<String, SpfDomains.Status> status = domains.status();
        HealthCheckResponseBuilder health = HealthCheckResponse.named("exempt domains found")
                .status(isFound(status) && domains.trouble().isEmpty());
        status.forEach((name, of) -> health.withData(name, words(of)));
        domains.trouble().ifPresent(words -> health.withData("trouble", words));
        return health.build();
    }

    /** Of our own choice of domains one that cannot be found is no reason to wake anybody. */
    private static boolean isFound(Map<String, SpfDomains.Status> status) {
        boolean ours = String.join(",", status.keySet()).equals(ExemptConfig.DEFAULT_SPF_DOMAINS);
        boolean none = !status.isEmpty() && status.values().stream().allMatch(of -> of.found() == null);
        return !none && status.values().stream().noneMatch(of -> of.isStale() && !(ours && of.found() == null));
    }

    private static String words(SpfDomains.Status of) {
        StringBuilder words = new StringBuilder();
        if (of.found() == null) {
            words.append("not found yet");
        } else {
            words.append(of.networks()).append(" networks, found at ").append(of.found());
        }
        if (of.failure() != null) {
            words.append("; the latest try failed: ").append(of.failure());
        }
        if (!of.leftOut().isEmpty()) {
            words.append("; left out: ").append(of.leftOut().get(0));
        }
        if (of.leftOut().size() > 1) {
            words.append(", and ").append(of.leftOut().size() - 1).append(" more, see the log");
        }
        return words.toString();
    }
}
