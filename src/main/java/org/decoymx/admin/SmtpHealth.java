package org.decoymx.admin;

import jakarta.inject.Singleton;
import org.decoymx.smtp.server.SmtpServer;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Checks whether the SMTP port is bound. */
@Readiness
@Singleton
final class SmtpHealth implements HealthCheck {
    private final SmtpServer smtpServer;

    SmtpHealth(SmtpServer smtpServer) {
        this.smtpServer = smtpServer;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("SMTP port bound")
                .status(smtpServer.isListening())
                .withData("listens", smtpServer.describeListenAddresses())
                .build();
    }
}
