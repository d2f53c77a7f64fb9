package org.decoymx.admin.login;

import io.quarkus.qute.Template;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Singleton;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.lang.reflect.Method;
import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.decoymx.admin.ProblemDocument;
import org.decoymx.admin.page.Negotiation;
import org.decoymx.support.Role;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests without the required role, and counts them: with a problem document, or in a browser with the login
 * form. They are not logged, as anybody could fill the log.
 */
@Singleton
public class AccessErrorMapper {
    private static final Map<String, String> TOKEN_KEYS = Map.of(
            Role.ADMIN, "decoy.admin.token", Role.WITNESS, "decoy.witness.token", Role.READER, "decoy.feed.tokens");

    private final TokenAuthenticator authenticator;
    private final UserAccounts users;
    private final Template denied;
    private final LongAdder rejectedRequests = new LongAdder();

    AccessErrorMapper(TokenAuthenticator authenticator, UserAccounts users, Template denied) {
        this.authenticator = authenticator;
        this.users = users;
        this.denied = denied;
    }

    /** A token of another role is not valid here, therefore it gets 401 as well. */
    @ServerExceptionMapper({UnauthorizedException.class, ForbiddenException.class})
    Response map(SecurityException error, ResourceInfo resource, HttpHeaders headers, RoutingContext context) {
        rejectedRequests.increment();
        @Nullable Method method = resource.getResourceMethod(); // null if a filter has failed
        RolesAllowed allowed = method == null ? null : method.getAnnotation(RolesAllowed.class);
        Set<String> roles = new TreeSet<>(allowed == null ? PageAccess.ROLES : Arrays.asList(allowed.value()));
        boolean tokens = authenticator.grantsAny(roles);
        String own = allowed == null ? error.getMessage() : null;
        String detail = own == null ? describe(roles, tokens, users.hasAny(roles)) : own;
        if (Negotiation.wantsHtml(headers)) {
            return answerBrowser(context, detail);
        }
        String problem =
                TokenAuthenticator.problem(context).map(text -> text + ". ").orElse("");
        return ProblemDocument.toResponse(
                tokens || users.hasAny(roles)
                        ? new NotAuthorizedException(problem + detail, TokenAuthenticator.CHALLENGE)
                        : new jakarta.ws.rs.ForbiddenException(problem + detail));
    }

    private static String describe(Set<String> roles, boolean tokens, boolean users) {
        String keys = roles.stream().map(TOKEN_KEYS::get).collect(Collectors.joining(" or "));
        String user = "a user with the role " + String.join(" or ", roles);
        if (!tokens && !users) {
            return "Access is denied until " + keys + " is set, or " + UserAccounts.KEY + " has " + user;
        }
        String token = "the token of " + keys + ": Authorization: Bearer <token>, or curl -u admin:<token>";
        String password = "name and password of " + user + ": curl -u <name>:<password>";
        return "Send " + (tokens ? token : "") + (tokens && users ? "; or " : "") + (users ? password : "");
    }

    /** To log in again does not help who is logged in already. */
    private Response answerBrowser(RoutingContext context, String detail) {
        String name =
                context.user() instanceof QuarkusHttpUser user ? UserAccounts.name(user.getSecurityIdentity()) : "";
        if (name.isEmpty() && users.size() > 0) {
            return Response.seeOther(URI.create(LoginPage.PATH)).build();
        }
        return Response.status(Response.Status.FORBIDDEN)
                .type(Negotiation.HTML)
                .entity(denied.data("user", name, "detail", detail).render())
                .build();
    }

    /** A wrong password in the form; other requests with one are anonymous. */
    @ServerExceptionMapper
    Response map(AuthenticationFailedException error) {
        rejectedRequests.increment();
        return Response.seeOther(URI.create(LoginPage.PATH + "?failed")).build();
    }

    /** The number of requests without a valid token or password. */
    public long rejectedRequests() {
        return rejectedRequests.sum();
    }
}
