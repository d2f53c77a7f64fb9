package org.decoymx.admin.login;

import io.quarkus.security.UnauthorizedException;
import io.quarkus.security.identity.CurrentIdentityAssociation;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.lang.reflect.Method;
import java.util.List;
import org.decoymx.admin.AdminConfig;
import org.decoymx.admin.AdminConfig.SenderReaders;
import org.decoymx.feed.FeedConfig.AccessPolicy;
import org.decoymx.feed.ReadAccess;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/**
 * Lets only those clients call a resource that may do so, unless {@code @RolesAllowed} or {@code @PermitAll} says who:
 * those that {@link SendersAccessRule} names, or else those of {@link PageAccess}. It is application-scoped, because
 * filters are created before the configuration can be read.
 */
@ApplicationScoped
class ResourceAccess {
    private final ReadAccess senders;
    private final PageAccess pages;
    private final CurrentIdentityAssociation currentIdentity;

    ResourceAccess(AdminConfig config, PageAccess pages, CurrentIdentityAssociation currentIdentity) {
        SenderReaders readers = config.senders();
        senders = new ReadAccess(readers.access(), readers.networks(), PageAccess.ROLES);
        this.pages = pages;
        this.currentIdentity = currentIdentity;
    }

    /** Returns nothing, so that the request goes on, or fails with the response 401 or 403. */
    @ServerRequestFilter
    Uni<Response> check(ResourceInfo resource, RoutingContext context) {
        Method method = resource.getResourceMethod();
        if (method.isAnnotationPresent(RolesAllowed.class) || method.isAnnotationPresent(PermitAll.class)) {
            return Uni.createFrom().nullItem();
        }
        Uni<SecurityIdentity> identity = currentIdentity.getDeferredIdentity();
        return method.isAnnotationPresent(SendersAccessRule.class)
                ? checkSenders(context, identity)
                : identity.map(found -> {
                    if (!pages.reader(found, context.request()).mayRead()) {
                        throw new UnauthorizedException();
                    }
                    return null;
                });
    }

    private Uni<Response> checkSenders(RoutingContext context, Uni<SecurityIdentity> identity) {
        return senders.permits(context.request(), identity)
                .flatMap(permitted -> permitted ? Uni.createFrom().item(true) : identity.map(ResourceAccess::isReader))
                .map(permitted -> {
                    if (permitted) {
                        return null;
                    }
                    throw senders.policy() == AccessPolicy.NETWORK
                            ? new ForbiddenException("Your address is not in decoy.senders.networks")
                            : new UnauthorizedException();
                });
    }

    /** A user may read what others may not from a foreign network; a token gives no such right. */
    private static boolean isReader(SecurityIdentity identity) {
        return UserAccounts.isUser(identity) && PageAccess.ROLES.stream().anyMatch(identity::hasRole);
    }

    /** All responses depend on who asks, and when. Those of the feeds have their own rules. */
    @ServerResponseFilter
    void forbidCaching(ContainerResponseContext response) {
        response.getHeaders().putIfAbsent(HttpHeaders.CACHE_CONTROL, List.of("no-store"));
    }
}
