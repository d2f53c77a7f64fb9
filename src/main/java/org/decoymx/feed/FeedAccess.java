package org.decoymx.feed;

import static io.netty.handler.codec.http.HttpResponseStatus.FORBIDDEN;
import static io.netty.handler.codec.http.HttpResponseStatus.UNAUTHORIZED;

import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.HttpSecurityPolicy;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import org.decoymx.feed.FeedConfig.AccessPolicy;
import org.decoymx.support.Role;

/**
 * Controls access to the feeds: open, by token, or by client network. The routes ask for it, so that it does not matter
 * how a client spells a path. As a policy for all paths, it only keeps the identity for them.
 */
@Singleton
final class FeedAccess implements HttpSecurityPolicy {
    private static final String IDENTITY = FeedAccess.class.getName();

    private final ReadAccess access;

    FeedAccess(FeedConfig config) {
        access = new ReadAccess(config.access(), config.networks().orElse(List.of()), Set.of(Role.READER));
    }

    /** Whether requests must pass the authentication before the routes of the feeds. */
    boolean needsIdentity() {
        return access.policy() == AccessPolicy.TOKEN;
    }

    @Override
    public Uni<CheckResult> checkPermission(
            RoutingContext context, Uni<SecurityIdentity> identity, AuthorizationRequestContext requestContext) {
        context.put(IDENTITY, identity);
        return CheckResult.permit();
    }

    /** Runs the handler if the client may read the feeds, or sends an error with status 401 or 403. */
    void authorize(RoutingContext context, Runnable handler) {
        if (access.policy() == AccessPolicy.OPEN) {
            handler.run();
            return;
        }
        access.permits(context.request(), context.get(IDENTITY))
                .subscribe()
                .with(permitted -> runIf(permitted, handler, context), context::fail);
    }

    private void runIf(boolean allowed, Runnable handler, RoutingContext context) {
        if (allowed) {
            handler.run();
        } else if (access.policy() == AccessPolicy.NETWORK) {
            new HttpProblem(FORBIDDEN, "Your address is not in decoy.feed.networks").send(context);
        } else {
            new HttpProblem(
                            UNAUTHORIZED,
                            "Send one of decoy.feed.tokens: Authorization: Bearer <token>, or curl -u feed:<token>")
                    .withHeader("WWW-Authenticate", "Basic realm=\"decoymx\", Bearer realm=\"decoymx\"")
                    .send(context);
        }
    }
}
