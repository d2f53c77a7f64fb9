package org.decoymx.admin.login;

import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.TrustedAuthenticationRequest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;

/**
 * Authenticates users by the cookie that they got after the login form. The roles are those that the file of users has
 * now; a user who was removed from it is anonymous.
 */
@Singleton
final class SessionLogin implements IdentityProvider<TrustedAuthenticationRequest> {
    private final UserAccounts users;

    SessionLogin(UserAccounts users) {
        this.users = users;
    }

    @Override
    public Class<TrustedAuthenticationRequest> getRequestType() {
        return TrustedAuthenticationRequest.class;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(
            TrustedAuthenticationRequest request, AuthenticationRequestContext context) {
        return Uni.createFrom().optional(users.find(request.getPrincipal()));
    }
}
