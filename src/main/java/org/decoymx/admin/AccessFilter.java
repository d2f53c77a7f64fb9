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
final class AccessFilter {
    private final Access access;

    AccessFilter(Access access) {
        this.access = access;
    }

    /** Asked for every method that is marked, in whatever role. */
    @Only(Role.ADMIN)
    @ServerRequestFilter(priority = Priorities.AUTHENTICATION)
    void check(ContainerRequestContext request, ResourceInfo asked) {
        Role role = asked.getResourceMethod().getAnnotation(Only.class).value();
        if (access.has(role, request.getHeaderString(HttpHeaders.AUTHORIZATION))) {
            return;
        }
        if (!access.isOpen(role)) {
            throw new ForbiddenException("This is closed until " + role.key() + " is set");
        }
        throw new NotAuthorizedException(
                "Show the token of " + role.key() + ": Authorization: Bearer <token>, or curl -u admin:<token>",
                "Bearer realm=\"decoymx\"");
    }
}
