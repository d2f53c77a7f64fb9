package org.decoymx.admin;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.decoymx.primary.Outage;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Whether each primary MX is up, and whether anything counts. */
@Wellness
@Singleton
final class PrimaryHealth implements HealthCheck {
    private final Outage outage;
    private final Clock clock;

    PrimaryHealth(Outage outage, Clock clock) {
        this.outage = outage;
        this.clock = clock;
    }

    @Override
    public HealthCheckResponse call() {
        List<Outage.Watched> hosts = outage.hosts();
        HealthCheckResponseBuilder health = HealthCheckResponse.named("primary up")
                .status(hosts.stream().noneMatch(watched -> watched.status() == Outage.Status.DOWN));
        if (hosts.isEmpty()) {
            return health.withData("hosts", "no hosts to probe: decoy.primary.hosts is not set")
                    .build();
        }
        hosts.forEach(watched -> health.withData(watched.host().toString(), words(watched)));
        outage.words(clock.instant()).ifPresent(why -> health.withData("nothing counts now", why));
        return health.build();
    }

    private static String words(Outage.Watched watched) {
        return switch (watched.status()) {
            case UNKNOWN -> "not looked at yet";
            case UP -> "up since " + watched.since().truncatedTo(ChronoUnit.SECONDS);
            case DOWN -> "down since " + watched.since().truncatedTo(ChronoUnit.SECONDS) + ": " + watched.why();
        };
    }
}
