package org.decoymx.feed;

import static io.netty.handler.codec.http.HttpResponseStatus.FORBIDDEN;
import static io.netty.handler.codec.http.HttpResponseStatus.UNAUTHORIZED;

import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.HttpSecurityPolicy;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.decoymx.feed.FeedConfig.AccessPolicy;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.net.PrefixMap;
import org.decoymx.support.Role;

/**
 * Controls access to the feeds: open, by token, or by client network. The routes ask for it, so that it does not matter
 * how a client spells a path. As a policy for all paths, it only keeps the identity for them.
 */
@Singleton
final class FeedAccess implements HttpSecurityPolicy {
    private static final String IDENTITY = FeedAccess.class.getName();

    private final AccessPolicy access;
    private final PrefixMap<IpPrefix> networks;

    FeedAccess(FeedConfig config) {
        access = config.access();
        networks = PrefixMap.parse(config.networks().orElse(List.of()));
    }

    /** Whether requests must pass the authentication before the routes of the feeds. */
    boolean needsIdentity() {
        return access == AccessPolicy.TOKEN;
    }

    @Override
    public Uni<CheckResult> checkPermission(
            RoutingContext context, Uni<SecurityIdentity> identity, AuthorizationRequestContext requestContext) {
        context.put(IDENTITY, identity);
        return CheckResult.permit();
    }

    /** Runs the handler if the client may read the feeds, or sends an error with status 401 or 403. */
    void authorize(RoutingContext context, Runnable handler) {
        switch (access) {
            case OPEN -> handler.run();
            case NETWORK -> runIf(isInNetworks(context.request()), handler, context);
            case TOKEN ->
                context.<Uni<SecurityIdentity>>get(IDENTITY)
                        .invoke(identity -> runIf(identity.hasRole(Role.READER), handler, context))
                        .subscribe()
                        .with(done -> {}, context::fail);
        }
    }

    private void runIf(boolean allowed, Runnable handler, RoutingContext context) {
        if (allowed) {
            handler.run();
        } else if (access == AccessPolicy.NETWORK) {
            new HttpProblem(FORBIDDEN, "Your address is not in decoy.feed.networks").send(context);
        } else {
            new HttpProblem(
                            UNAUTHORIZED,
                            "Send one of decoy.feed.tokens: Authorization: Bearer <token>, or curl -u feed:<token>")
                    .withHeader("WWW-Authenticate", "Basic realm=\"decoymx\", Bearer realm=\"decoymx\"")
                    .send(context);
        }
    }

    private boolean isInNetworks(HttpServerRequest request) {
        return Optional.ofNullable(request.remoteAddress().hostAddress())
                .flatMap(host -> IpText.parseAddress(IpText.removeZone(host)))
                .filter(address -> networks.findLongestMatch(address) != null)
                .isPresent();
    }
}
