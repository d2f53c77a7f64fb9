package org.decoymx.admin;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.decoymx.support.SteadyClock;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Reports a clock that has jumped. Not a readiness check, because what is stored is kept and served. */
@Wellness
@Singleton
final class ClockHealth implements HealthCheck {
    private final SteadyClock clock;

    ClockHealth(SteadyClock clock) {
        this.clock = clock;
    }

    @Override
    public HealthCheckResponse call() {
        Optional<String> problem = clock.problem();
        HealthCheckResponseBuilder health = HealthCheckResponse.named("clock right")
                .status(problem.isEmpty())
                .withData(
                        "time", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        problem.ifPresentOrElse(text -> health.withData("trouble", text), () -> clock.latestJump()
                .ifPresent(text -> health.withData("latest jump, over now", text)));
        return health.build();
    }
}
