package org.decoymx.admin;

import jakarta.inject.Singleton;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.HttpHeaders;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Turns away whoever is not in the role that a method is marked with. It goes by the method and not by the path, so an
 * odd way to write the path is no way around. Nothing is logged, as strangers could fill the log.
 */
@Singleton
final class RoleFilter {
    private final TokenAuthenticator authenticator;

    RoleFilter(TokenAuthenticator access) {
        this.authenticator = access;
    }

    /** Asked for every method that is marked, in whatever role. */
    @RequiresRole(Role.ADMIN)
    @ServerRequestFilter(priority = Priorities.AUTHENTICATION)
    void authorize(ContainerRequestContext request, ResourceInfo asked) {
        Role role = asked.getResourceMethod().getAnnotation(RequiresRole.class).value();
        if (authenticator.isAuthorized(role, request.getHeaderString(HttpHeaders.AUTHORIZATION))) {
            return;
        }
        if (!authenticator.isConfigured(role)) {
            throw new ForbiddenException("This is closed until " + role.tokenKey() + " is set");
        }
        throw new NotAuthorizedException(
                "Show the token of " + role.tokenKey() + ": Authorization: Bearer <token>, or curl -u admin:<token>",
                "Bearer realm=\"decoymx\"");
    }
}
