package org.decoymx.dns;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Checks whether a name server is known, if one was needed. */
@Wellness
@Singleton
final class NameServersHealth implements HealthCheck {
    private final NameServers servers;

    NameServersHealth(NameServers servers) {
        this.servers = servers;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder health = HealthCheckResponse.named("name servers known")
                .status(servers.problem().isEmpty());
        servers.problem().ifPresent(text -> health.withData("trouble", text));
        return health.build();
    }
}
