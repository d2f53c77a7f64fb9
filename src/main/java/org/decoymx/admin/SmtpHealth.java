package org.decoymx.admin;

import jakarta.inject.Singleton;
import org.decoymx.smtp.server.Listener;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Whether the SMTP port is bound. */
@Readiness
@Singleton
final class SmtpHealth implements HealthCheck {
    private final Listener listener;

    SmtpHealth(Listener listener) {
        this.listener = listener;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("SMTP port bound")
                .status(listener.isOpen())
                .withData("listens", listener.where())
                .build();
    }
}
