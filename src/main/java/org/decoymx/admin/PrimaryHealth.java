package org.decoymx.admin;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.decoymx.primary.PrimaryMonitor;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Whether each primary MX is up, and whether anything counts. */
@Wellness
@Singleton
final class PrimaryHealth implements HealthCheck {
    private final PrimaryMonitor primaryMonitor;
    private final Clock clock;

    PrimaryHealth(PrimaryMonitor outage, Clock clock) {
        this.primaryMonitor = outage;
        this.clock = clock;
    }

    @Override
    public HealthCheckResponse call() {
        List<PrimaryMonitor.HostStatus> hosts = primaryMonitor.hosts();
        HealthCheckResponseBuilder health = HealthCheckResponse.named("primary up")
                .status(hosts.stream().noneMatch(watched -> watched.state() == PrimaryMonitor.HostState.DOWN));
        if (hosts.isEmpty()) {
            return health.withData("hosts", "no hosts to probe: decoy.primary.hosts is not set")
                    .build();
        }
        hosts.forEach(watched -> health.withData(watched.host().toString(), describeHost(watched)));
        primaryMonitor.describePause(clock.instant()).ifPresent(why -> health.withData("nothing counts now", why));
        return health.build();
    }

    private static String describeHost(PrimaryMonitor.HostStatus watched) {
        return switch (watched.state()) {
            case UNKNOWN -> "not looked at yet";
            case UP -> "up since " + watched.since().truncatedTo(ChronoUnit.SECONDS);
            case DOWN -> "down since " + watched.since().truncatedTo(ChronoUnit.SECONDS) + ": " + watched.error();
        };
    }
}
