package org.decoymx.admin.login;

import io.smallrye.health.api.Wellness;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** Checks whether the file of users can be read, and whether the audit log can be written. */
@Wellness
@Singleton
final class LoginHealth implements HealthCheck {
    private final UserAccounts users;
    private final AuditLog audit;

    LoginHealth(UserAccounts users, AuditLog audit) {
        this.users = users;
        this.audit = audit;
    }

    @Override
    public HealthCheckResponse call() {
        String trouble = Stream.of(users.problem(), audit.problem())
                .flatMap(Optional::stream)
                .collect(Collectors.joining("; "));
        HealthCheckResponseBuilder health = HealthCheckResponse.named("users and audit log")
                .status(trouble.isEmpty())
                .withData("users", users.size());
        if (!trouble.isEmpty()) {
            health.withData("trouble", trouble);
        }
        users.warning().ifPresent(text -> health.withData("warning", text));
        return health.build();
    }
}
