package org.decoymx.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/**
 * Serves the description of the HTTP interface on the management port. It is a file and not made from annotations: the
 * feeds are no resources, and the library that does so parses the description at each start.
 */
@Singleton
final class OpenApiRoute {
    private static final String PATH = "/q/openapi";
    private static final String FILE = "/META-INF/openapi.yaml";

    void register(@Observes ManagementInterface management) {
        management.router().get(PATH).blockingHandler(OpenApiRoute::send);
    }

    private static void send(RoutingContext context) {
        try (InputStream file = Objects.requireNonNull(OpenApiRoute.class.getResourceAsStream(FILE))) {
            context.response()
                    .putHeader(HttpHeaderNames.CONTENT_TYPE, "application/yaml")
                    .end(Buffer.buffer(file.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
