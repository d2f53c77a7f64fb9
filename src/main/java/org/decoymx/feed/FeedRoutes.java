package org.decoymx.feed;

import static io.netty.handler.codec.http.HttpResponseStatus.NOT_FOUND;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.decoymx.feed.FeedCache.FeedCacheKey;

/** The HTTP routes of the feeds. All of them allow {@code GET} and {@code HEAD} and check access. */
@Singleton
final class FeedRoutes {
    private static final String FEEDS_PATH = "/feeds";

    private final FormatRegistry formatRegistry;
    private final FeedResponder responder;
    private final EventStreamHandler eventStreams;
    private final FeedAccess feedAccess;

    FeedRoutes(
            FormatRegistry formatRegistry,
            FeedResponder responder,
            EventStreamHandler eventStreams,
            FeedAccess feedAccess) {
        this.formatRegistry = formatRegistry;
        this.responder = responder;
        this.eventStreams = eventStreams;
        this.feedAccess = feedAccess;
    }

    void register(@Observes Router router) {
        router.route("/blocklist.txt").handler(context -> handle(context, () -> dispatch(context, "plain")));
        router.route("/blocklist.txt.zst").handler(context -> handle(context, () -> dispatch(context, "plain.zst")));
        router.route(FEEDS_PATH).handler(context -> handle(context, () -> serveFormatList(context)));
        router.route(FEEDS_PATH + "/*")
                .handler(context -> handle(context, () -> {
                    String path = context.normalizedPath();
                    dispatch(context, path.substring(Math.min(path.length(), FEEDS_PATH.length() + 1)));
                }));
    }

    /** Checks method and access, runs the handler, and sends errors as problem documents. */
    private void handle(RoutingContext context, Runnable handler) {
        try {
            HttpMethod method = context.request().method();
            if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
                throw HttpProblem.methodNotAllowed();
            }
            feedAccess.authorize(context.request());
            handler.run();
        } catch (IllegalArgumentException e) {
            HttpProblem.badRequest(String.valueOf(e.getMessage())).send(context);
        } catch (HttpProblem e) {
            e.send(context);
        }
    }

    private void dispatch(RoutingContext context, String path) {
        switch (path) {
            case "" -> serveFormatList(context);
            case "changes" -> serveChanges(context);
            case "stream" -> eventStreams.open(context, FeedQuery.parseChanges(context.queryParams()));
            default -> serveFeed(context, path);
        }
    }

    private void serveFeed(RoutingContext context, String path) {
        boolean compressed = path.endsWith(FormatRegistry.ZSTD_SUFFIX);
        Renderable renderable = formatRegistry
                .findByPath(compressed ? path.substring(0, path.length() - FormatRegistry.ZSTD_SUFFIX.length()) : path)
                .orElseThrow(() ->
                        new HttpProblem(NOT_FOUND, "Unknown feed; available feeds: " + formatRegistry.joinNames()));
        FeedFilter filter = FeedQuery.parseFilter(context.queryParams());
        if (compressed) {
            responder.respondWithFile(context, new FeedCacheKey(renderable, filter, ContentCoding.ZSTD));
        } else {
            responder.respond(context, renderable, filter);
        }
    }

    private void serveChanges(RoutingContext context) {
        FeedQuery query = FeedQuery.parseChanges(context.queryParams());
        long since =
                query.since().orElseThrow(() -> HttpProblem.badRequest("Missing query parameter: ?since=<version>"));
        responder.respond(context, new NdjsonChanges(since), FeedFilter.ofFamily(query.family()));
    }

    private void serveFormatList(RoutingContext context) {
        String base = baseUrl(context.request()) + FEEDS_PATH + "/";
        JsonArray entries = new JsonArray();
        for (FeedFormat format : formatRegistry.formats()) {
            String url = base + format.name();
            entries.add(new JsonObject()
                    .put("name", format.name())
                    .put("url", url)
                    .put("mediaType", format.mediaType())
                    .put("consumer", format.consumer())
                    .put("example", format.example(url)));
        }
        context.response()
                .putHeader(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .end(entries.encode());
    }

    /** The scheme and authority of the request; empty, for relative URLs, if the client sent no Host field. */
    private static String baseUrl(HttpServerRequest request) {
        return Optional.ofNullable(request.authority())
                .filter(host -> !host.host().isEmpty())
                .map(host -> request.scheme() + "://" + host)
                .orElse("");
    }
}
