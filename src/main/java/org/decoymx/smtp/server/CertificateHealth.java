package org.decoymx.smtp.server;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.decoymx.support.KeptFile;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Checks whether the self-signed certificate was damaged. Not a readiness check, because there is a new one. */
@Wellness
@Singleton
final class CertificateHealth implements HealthCheck {
    private final KeptFile file;

    CertificateHealth(@ConfigProperty(name = "decoy.ledger.dir") Path dataDirectory, Clock clock) {
        file = PemCertificate.file(dataDirectory, clock);
    }

    @Override
    public HealthCheckResponse call() {
        Optional<String> problem = file.problem();
        HealthCheckResponseBuilder health =
                HealthCheckResponse.named("certificate kept").status(problem.isEmpty());
        problem.ifPresent(text -> health.withData("trouble", text));
        return health.build();
    }
}
