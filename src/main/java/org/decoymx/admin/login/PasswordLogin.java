package org.decoymx.admin.login;

import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.UsernamePasswordAuthenticationRequest;
import io.quarkus.vertx.http.runtime.security.HttpSecurityUtils;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;

/** Authenticates users by their passwords, from the login form or by Basic authentication (RFC 7617). */
@Singleton
final class PasswordLogin implements IdentityProvider<UsernamePasswordAuthenticationRequest> {
    private final UserAccounts users;

    PasswordLogin(UserAccounts users) {
        this.users = users;
    }

    @Override
    public Class<UsernamePasswordAuthenticationRequest> getRequestType() {
        return UsernamePasswordAuthenticationRequest.class;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(
            UsernamePasswordAuthenticationRequest request, AuthenticationRequestContext context) {
        return context.runBlocking(() -> users.authenticate(
                request.getUsername(),
                String.valueOf(request.getPassword().getPassword()),
                UserAccounts.client(HttpSecurityUtils.getRoutingContextAttribute(request))));
    }
}
