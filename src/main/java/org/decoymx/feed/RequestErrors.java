package org.decoymx.feed;

import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Answers requests that Vert.x does not accept, on the HTTP and the management port, with a problem document. Quarkus
 * would log an error with a stack trace for each of them, so that anybody could fill the log.
 */
@Singleton
final class RequestErrors {
    private static final int FIRST = Integer.MIN_VALUE;

    void register(@Observes Router router) {
        router.route().order(FIRST).failureHandler(RequestErrors::handle);
    }

    void register(@Observes ManagementInterface management) {
        register(management.router());
    }

    private static void handle(RoutingContext context) {
        Throwable failure = context.failure();
        boolean isClientError = context.statusCode() >= 400 && context.statusCode() < 500;
        boolean isBrokenBody = failure instanceof HttpClosedException
                || failure instanceof NumberFormatException
                        && String.valueOf(failure.getMessage()).contains("chunk");
        boolean isInvalid = failure instanceof VertxException || failure instanceof IllegalArgumentException;
        if (isBrokenBody || isClientError && isInvalid) {
            HttpProblem.badRequest("Invalid Host field, path, query or body").send(context);
        } else {
            context.next();
        }
    }
}
