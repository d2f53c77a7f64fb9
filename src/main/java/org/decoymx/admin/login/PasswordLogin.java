package org.decoymx.admin.login;

import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.UsernamePasswordAuthenticationRequest;
import io.quarkus.vertx.http.runtime.security.HttpSecurityUtils;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import org.decoymx.net.HttpClientAddress;

/** Authenticates users by their passwords, from the login form or by Basic authentication (RFC 7617). */
@Singleton
final class PasswordLogin implements IdentityProvider<UsernamePasswordAuthenticationRequest> {
    private final UserAccounts users;
    private final AuditLog audit;

    PasswordLogin(UserAccounts users, AuditLog audit) {
        this.users = users;
        this.audit = audit;
    }

    @Override
    public Class<UsernamePasswordAuthenticationRequest> getRequestType() {
        return UsernamePasswordAuthenticationRequest.class;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(
            UsernamePasswordAuthenticationRequest request, AuthenticationRequestContext context) {
        RoutingContext client = HttpSecurityUtils.getRoutingContextAttribute(request);
        return context.runBlocking(() -> {
            SecurityIdentity identity = users.authenticate(
                    request.getUsername(), String.valueOf(request.getPassword().getPassword()), Actor.client(client));
            if (LoginPage.isSubmitted(client)) {
                audit.recordOnce(request.getUsername(), HttpClientAddress.text(client.request()), "logged in");
            }
            return identity;
        });
    }
}
