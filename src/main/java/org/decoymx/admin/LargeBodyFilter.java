package org.decoymx.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Set;

/**
 * Lets an import be as large as it likes, and what tells of witnesses as large as it bounds itself, where {@code quarkus.http.limits.max-body-size} bounds every other body. Quarkus
 * refuses by Content-Length, and where there is none notes a limit for whoever reads the body; so for these the field
 * is taken away before, and the note after. The body's end is known to the HTTP parser, which has read the field already.
 *
 * <p>A body that nobody wants is dropped for a second after the answer, so that the client reads it, and then the
 * connection is closed.
 */
@Singleton
final class LargeBodyFilter {
    private static final Set<String> LARGE_BODY_PATHS = Set.of(LedgerResource.PATH, PrimaryVisitResource.PATH);
    private static final int LIMIT_PRIORITY = -RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT;
    private static final long LINGER_MILLIS = 1_000;

    void registerFilters(@Observes Filters filters) {
        filters.register(LargeBodyFilter::removeContentLength, LIMIT_PRIORITY + 1);
        filters.register(LargeBodyFilter::removeSizeLimit, LIMIT_PRIORITY - 1);
    }

    private static boolean acceptsLargeBody(RoutingContext context) {
        return context.request().method().equals(HttpMethod.POST)
                && LARGE_BODY_PATHS.contains(context.normalizedPath());
    }

    private static void removeContentLength(RoutingContext context) {
        MultiMap headers = context.request().headers();
        if (headers.contains(HttpHeaderNames.CONTENT_LENGTH) || headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            context.addEndHandler(answered -> closeAfterLinger(context));
        }
        if (acceptsLargeBody(context)) {
            headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        }
        context.next();
    }

    private static void removeSizeLimit(RoutingContext context) {
        if (acceptsLargeBody(context)) {
            context.remove(VertxHttpRecorder.MAX_REQUEST_SIZE_KEY);
        }
        context.next();
    }

    /** In HTTP/2 a stream's flow control bounds what nobody reads. */
    private static void closeAfterLinger(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.version() != HttpVersion.HTTP_2 && !request.isEnded()) {
            context.vertx().setTimer(LINGER_MILLIS, over -> closeUnlessEnded(request));
        }
    }

    private static void closeUnlessEnded(HttpServerRequest request) {
        if (!request.isEnded()) {
            request.connection().close();
        }
    }
}
