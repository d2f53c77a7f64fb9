package org.decoymx.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.vertx.http.runtime.RouteConstants;
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
 * Exempts ledger imports and visit reports from {@code quarkus.http.limits.max-body-size}, which applies to all other
 * bodies. Imports are not limited, and the resource of visit reports has its own limit. Quarkus compares Content-Length
 * with its limit and limits the octets that are read only if that field is missing. For these paths one filter sets the
 * field to 0 before the check and another removes it after it. The HTTP parser has already read the field and knows
 * where the body ends.
 *
 * <p>If a response is sent before the whole body is read, the rest is discarded for one second, so that the client can
 * read the response, and then the connection is closed.
 */
@Singleton
final class LargeBodyFilter {
    private static final Set<String> LARGE_BODY_PATHS = Set.of(LedgerResource.PATH, PrimaryVisitResource.PATH);

    /** Before the routes of the feeds, so that it also applies to their unread bodies. */
    private static final int FIRST = 1_000;

    private static final int LIMIT_PRIORITY = -RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT;
    private static final long LINGER_MILLIS = 1_000;

    void registerFilters(@Observes Filters filters) {
        filters.register(LargeBodyFilter::hideContentLength, FIRST);
        filters.register(LargeBodyFilter::removeContentLength, LIMIT_PRIORITY - 1);
    }

    private static boolean acceptsLargeBody(RoutingContext context) {
        return context.request().method().equals(HttpMethod.POST)
                && LARGE_BODY_PATHS.contains(context.normalizedPath());
    }

    private static void hideContentLength(RoutingContext context) {
        MultiMap headers = context.request().headers();
        if (headers.contains(HttpHeaderNames.CONTENT_LENGTH) || headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            context.addEndHandler(ended -> closeAfterLinger(context));
        }
        if (acceptsLargeBody(context)) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, "0");
        }
        context.next();
    }

    private static void removeContentLength(RoutingContext context) {
        if (acceptsLargeBody(context)) {
            context.request().headers().remove(HttpHeaderNames.CONTENT_LENGTH);
        }
        context.next();
    }

    /** HTTP/2 needs no close: flow control of the stream limits the unread data. */
    private static void closeAfterLinger(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.version() != HttpVersion.HTTP_2 && !request.isEnded()) {
            context.vertx().setTimer(LINGER_MILLIS, timerId -> closeUnlessEnded(request));
        }
    }

    private static void closeUnlessEnded(HttpServerRequest request) {
        if (!request.isEnded()) {
            request.connection().close();
        }
    }
}
