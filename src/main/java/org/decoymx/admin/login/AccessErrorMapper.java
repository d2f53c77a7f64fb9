package org.decoymx.admin.login;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Singleton;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.admin.ProblemDocument;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Answers requests without the required role, and counts them. They are not logged, as anybody could fill the log. */
@Singleton
public class AccessErrorMapper {
    private final TokenAuthenticator authenticator;
    private final LongAdder rejectedRequests = new LongAdder();

    AccessErrorMapper(TokenAuthenticator authenticator) {
        this.authenticator = authenticator;
    }

    /** A token of another role is not valid here, therefore it gets 401 as well. */
    @ServerExceptionMapper({UnauthorizedException.class, ForbiddenException.class})
    Response map(SecurityException error, ResourceInfo resource) {
        rejectedRequests.increment();
        RolesAllowed allowed = resource.getResourceMethod().getAnnotation(RolesAllowed.class);
        String detail = String.valueOf(error.getMessage());
        if (allowed != null) {
            String key = "decoy." + allowed.value()[0] + ".token";
            if (!authenticator.isGranted(allowed.value()[0])) {
                return ProblemDocument.toResponse(
                        new jakarta.ws.rs.ForbiddenException("Access is denied until " + key + " is set"));
            }
            detail = "Send the token of " + key + ": Authorization: Bearer <token>, or curl -u admin:<token>";
        }
        return ProblemDocument.toResponse(new NotAuthorizedException(detail, TokenAuthenticator.CHALLENGE));
    }

    /** A wrong user name or password, or too many of them. */
    @ServerExceptionMapper
    Response map(AuthenticationFailedException error) {
        rejectedRequests.increment();
        return ProblemDocument.toResponse(
                new NotAuthorizedException(String.valueOf(error.getMessage()), TokenAuthenticator.CHALLENGE));
    }

    /** The number of requests without a valid token. */
    public long rejectedRequests() {
        return rejectedRequests.sum();
    }
}
