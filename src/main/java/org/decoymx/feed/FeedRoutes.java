package org.decoymx.feed;

import static io.netty.handler.codec.http.HttpResponseStatus.NOT_FOUND;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.function.Consumer;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.feed.FeedCache.FeedCacheKey;
import org.decoymx.net.WarmUp;
import org.decoymx.support.StartOrder;

/** The HTTP routes of the feeds. All of them allow {@code GET} and {@code HEAD}, and check access. */
@Singleton
final class FeedRoutes {
    private static final String FEEDS_PATH = "/feeds";

    /** Between the handlers of Quarkus for CORS (-300) and for authentication (-200). */
    private static final int BEFORE_AUTHENTICATION = -250;

    /** Leaves connections for clients that fetch feeds. One client may have all until another one needs one. */
    private static final int MAX_STREAMS = 200;

    private final FormatRegistry formatRegistry;
    private final BlocklistPublisher publisher;
    private final FeedResponder responder;
    private final FeedAccess feedAccess;
    private final EventStreams eventStreams = new EventStreams(MAX_STREAMS, MAX_STREAMS);

    FeedRoutes(
            FormatRegistry formatRegistry,
            BlocklistPublisher publisher,
            FeedResponder responder,
            FeedAccess feedAccess) {
        this.formatRegistry = formatRegistry;
        this.publisher = publisher;
        this.responder = responder;
        this.feedAccess = feedAccess;
    }

    void warmUp(@Observes @Priority(StartOrder.AFTER_ALL_PORTS) StartupEvent event) {
        new WarmUp("JSON", () -> describeFormats("").encode()).schedule();
    }

    void register(@Observes Router router) {
        register(router, "/blocklist.txt", context -> dispatch(context, "plain"));
        register(router, "/blocklist.txt.zst", context -> dispatch(context, "plain.zst"));
        register(router, FEEDS_PATH, this::serveFormatList);
        register(router, FEEDS_PATH + "/*", context -> {
            String path = context.normalizedPath();
            dispatch(context, path.substring(Math.min(path.length(), FEEDS_PATH.length() + 1)));
        });
    }

    /** Feeds that need no identity are served before Quarkus prepares one. */
    private void register(Router router, String path, Consumer<RoutingContext> handler) {
        Route route = router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
        if (!feedAccess.needsIdentity()) {
            route.order(BEFORE_AUTHENTICATION);
        }
        route.handler(context -> feedAccess.authorize(context, () -> HttpProblem.handle(context, handler)));
        router.route(path).handler(context -> HttpProblem.methodNotAllowed().send(context));
    }

    private void dispatch(RoutingContext context, String path) {
        switch (path) {
            case "" -> serveFormatList(context);
            case "changes" -> serveChanges(context);
            case "stream" -> openStream(context);
            default -> serveFeed(context, path);
        }
    }

    private void serveFeed(RoutingContext context, String path) {
        boolean compressed = path.endsWith(FormatRegistry.ZSTD_SUFFIX);
        Renderable renderable = formatRegistry
                .findByPath(compressed ? path.substring(0, path.length() - FormatRegistry.ZSTD_SUFFIX.length()) : path)
                .orElseThrow(() ->
                        new HttpProblem(NOT_FOUND, "Unknown feed; available feeds: " + formatRegistry.joinNames()));
        FeedFilter filter = FeedQuery.parseFilter(context.queryParams(), renderable.defaultTier());
        if (compressed) {
            responder.respondWithFile(context, new FeedCacheKey(renderable, filter, ContentCoding.ZSTD));
        } else {
            responder.respond(context, renderable, filter);
        }
    }

    private void serveChanges(RoutingContext context) {
        FeedQuery query = FeedQuery.parseChanges(context.queryParams());
        long since = query.since(publisher.servedBlocklist().node())
                .orElseThrow(() -> HttpProblem.badRequest("Missing query parameter: ?since=<version>"));
        responder.respond(context, new NdjsonChanges(since), query.changesFilter());
    }

    /** Opens a stream that starts after the version that the client has, or else after the current version. */
    private void openStream(RoutingContext context) {
        FeedFilter filter = FeedQuery.parseChanges(context.queryParams()).changesFilter();
        String node = publisher.servedBlocklist().node();
        Optional<Long> since =
                EventStreams.lastEventId(context, (name, text) -> FeedQuery.parseVersion(name, text, node));
        eventStreams.open(context, () -> new ChangeStream(context, responder, publisher, filter, since));
    }

    private void serveFormatList(RoutingContext context) {
        context.response()
                .putHeader(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .end(describeFormats(baseUrl(context.request())).encode());
    }

    private JsonArray describeFormats(String baseUrl) {
        String base = baseUrl + FEEDS_PATH + "/";
        JsonArray entries = new JsonArray();
        for (FeedFormat format : formatRegistry.formats()) {
            String url = base + format.name();
            entries.add(new JsonObject()
                    .put("name", format.name())
                    .put("url", url)
                    .put("mediaType", format.mediaType())
                    .put("tier", format.defaultTier().text())
                    .put("consumer", format.consumer())
                    .put("example", format.example(url)));
        }
        return entries;
    }

    /** The scheme and authority of the request; empty, for relative URLs, if the client sent no Host field. */
    private static String baseUrl(HttpServerRequest request) {
        return Optional.ofNullable(request.authority())
                .filter(host -> !host.host().isEmpty())
                .map(host -> request.scheme() + "://" + host)
                .orElse("");
    }
}
