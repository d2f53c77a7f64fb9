package org.decoymx.primary;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Checks whether each primary MX is up, and reports whether scoring is paused. */
@Wellness
@Singleton
final class PrimaryHealth implements HealthCheck {
    private final PrimaryMonitor primaryMonitor;
    private final Clock clock;

    PrimaryHealth(PrimaryMonitor primaryMonitor, Clock clock) {
        this.primaryMonitor = primaryMonitor;
        this.clock = clock;
    }

    @Override
    public HealthCheckResponse call() {
        List<HostStatus> hosts = primaryMonitor.hosts();
        HealthCheckResponseBuilder health =
                HealthCheckResponse.named("primary up").status(hosts.stream().noneMatch(HostStatus::isDown));
        if (hosts.isEmpty()) {
            return health.withData(
                            "hosts", "no hosts to probe: decoy.primary.hosts is not set, and none was found by DNS")
                    .build();
        }
        hosts.forEach(host -> health.withData(host.host().toString(), describeHost(host)));
        primaryMonitor
                .outages()
                .describePause(clock.instant())
                .ifPresent(reason -> health.withData("nothing counts now", reason));
        if (primaryMonitor.outages().isSuspectOnly(clock.instant())) {
            health.withData(
                    "suspects only",
                    "outages and the time after them took more than 6 h of the last 24 h, so catches count, but nobody"
                            + " is confirmed");
        }
        return health.build();
    }

    private static String describeHost(HostStatus host) {
        return switch (host.state()) {
            case UNKNOWN ->
                host.error().isEmpty()
                        ? "not probed yet"
                        : "unknown since " + host.since().truncatedTo(ChronoUnit.SECONDS) + ": " + host.error();
            case UP -> "up since " + host.since().truncatedTo(ChronoUnit.SECONDS);
            case DOWN -> "down since " + host.since().truncatedTo(ChronoUnit.SECONDS) + ": " + host.error();
        };
    }
}
