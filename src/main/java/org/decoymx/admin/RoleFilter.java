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
 * Rejects requests without the token of the role that {@link RequiresRole} names. The check depends on the method and
 * not on the path, so that unusual spellings of a path cannot bypass it. Nothing is logged, because anybody could fill
 * the log.
 */
@Singleton
final class RoleFilter {
    private final TokenAuthenticator authenticator;

    RoleFilter(TokenAuthenticator authenticator) {
        this.authenticator = authenticator;
    }

    /** Runs for all methods with {@link RequiresRole}; name binding ignores the value of the annotation. */
    @RequiresRole(Role.ADMIN)
    @ServerRequestFilter(priority = Priorities.AUTHENTICATION)
    void authorize(ContainerRequestContext request, ResourceInfo resourceInfo) {
        Role role = resourceInfo
                .getResourceMethod()
                .getAnnotation(RequiresRole.class)
                .value();
        if (authenticator.isAuthorized(role, request.getHeaderString(HttpHeaders.AUTHORIZATION))) {
            return;
        }
        if (!authenticator.isConfigured(role)) {
            throw new ForbiddenException("Access is denied until " + role.tokenKey() + " is set");
        }
        throw new NotAuthorizedException(
                "Send the token of " + role.tokenKey() + ": Authorization: Bearer <token>, or curl -u admin:<token>",
                "Bearer realm=\"decoymx\"");
    }
}
