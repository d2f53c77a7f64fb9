package org.decoymx.admin.login;

import io.quarkus.security.identity.CurrentIdentityAssociation;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import org.decoymx.admin.AdminConfig;
import org.decoymx.admin.AdminConfig.SenderReaders;
import org.decoymx.feed.FeedConfig.AccessPolicy;
import org.decoymx.feed.ReadAccess;
import org.decoymx.support.Role;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Lets only those clients read what needs no role, {@code /senders/{ip}} and {@code /stats}, that may do so. It is
 * application-scoped, because filters are created before the configuration can be read.
 */
@ApplicationScoped
class SendersAccess {
    private final ReadAccess access;
    private final CurrentIdentityAssociation currentIdentity;

    SendersAccess(AdminConfig config, CurrentIdentityAssociation currentIdentity) {
        SenderReaders readers = config.senders();
        access = new ReadAccess(readers.access(), readers.networks(), Set.of(Role.READER, Role.ADMIN));
        this.currentIdentity = currentIdentity;
    }

    /** Returns nothing, so that the request goes on, or fails with the response 401 or 403. */
    @ServerRequestFilter
    Uni<Response> check(ResourceInfo resource, RoutingContext context) {
        if (resource.getResourceMethod().isAnnotationPresent(RolesAllowed.class)) {
            return Uni.createFrom().nullItem();
        }
        return access.permits(context.request(), currentIdentity.getDeferredIdentity())
                .map(permitted -> {
                    if (!permitted) {
                        throw access.policy() == AccessPolicy.NETWORK
                                ? new ForbiddenException("Your address is not in decoy.senders.networks")
                                : new NotAuthorizedException(
                                        "Send one of decoy.feed.tokens, or decoy.admin.token:"
                                                + " Authorization: Bearer <token>, or curl -u admin:<token>",
                                        TokenAuthenticator.CHALLENGE);
                    }
                    return null;
                });
    }
}
