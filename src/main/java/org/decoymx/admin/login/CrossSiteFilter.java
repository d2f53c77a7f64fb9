package org.decoymx.admin.login;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Locale;
import java.util.Set;
import org.decoymx.feed.HttpProblem;

/**
 * Rejects requests that another web site has a browser send, as they would carry the cookie or the password of a user.
 * Browsers say where a request comes from, in Sec-Fetch-Site or Origin (RFC 6454); other clients send neither. It also
 * rejects what is sent to the place of the login form, but is no form.
 */
@ApplicationScoped
class CrossSiteFilter {
    private static final int PRIORITY = 900;
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final Set<String> SAME_SITE = Set.of("same-origin", "none");

    void register(@Observes Filters filters) {
        filters.register(CrossSiteFilter::filter, PRIORITY);
    }

    private static void filter(RoutingContext context) {
        if (SAFE.contains(context.request().method())) {
            context.next();
        } else if (!isFromHere(context.request())) {
            new HttpProblem(HttpResponseStatus.FORBIDDEN, "The request comes from another web site").send(context);
        } else if (isOtherLogin(context.normalizedPath())) {
            new HttpProblem(HttpResponseStatus.NOT_FOUND, "The form is at " + LoginPage.PATH).send(context);
        } else if (context.normalizedPath().equals(LoginPage.PATH) && !isForm(context.request())) {
            // Quarkus would log a stack trace
            new HttpProblem(HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Type must be " + FORM).send(context);
        } else {
            context.next();
        }
    }

    /** Quarkus takes each path with this end for that of the form. */
    private static boolean isOtherLogin(String path) {
        return path.endsWith(LoginPage.PATH) && !path.equals(LoginPage.PATH);
    }

    private static boolean isForm(HttpServerRequest request) {
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        return type != null && type.toLowerCase(Locale.ROOT).startsWith(FORM);
    }

    private static boolean isFromHere(HttpServerRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null) {
            return SAME_SITE.contains(site);
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        return origin == null || origin.equals(request.scheme() + "://" + request.getHeader(HttpHeaders.HOST));
    }
}
