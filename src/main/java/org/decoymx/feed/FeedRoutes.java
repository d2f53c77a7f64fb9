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
import org.decoymx.feed.Bodies.Wanted;

/** The feeds over HTTP, by {@code GET} and {@code HEAD}: which path is which feed, and who may read them. */
@Singleton
final class FeedRoutes {
    private static final String FEEDS = "/feeds";

    private final Catalogue catalogue;
    private final Delivery delivery;
    private final Followers followers;
    private final Gate gate;

    FeedRoutes(Catalogue catalogue, Delivery delivery, Followers followers, Gate gate) {
        this.catalogue = catalogue;
        this.delivery = delivery;
        this.followers = followers;
        this.gate = gate;
    }

    void register(@Observes Router router) {
        router.route("/blocklist.txt").handler(context -> answer(context, () -> ask(context, "plain")));
        router.route("/blocklist.txt.zst").handler(context -> answer(context, () -> ask(context, "plain.zst")));
        router.route(FEEDS).handler(context -> answer(context, () -> list(context)));
        router.route(FEEDS + "/*")
                .handler(context -> answer(context, () -> {
                    String path = context.normalizedPath();
                    ask(context, path.substring(Math.min(path.length(), FEEDS.length() + 1)));
                }));
    }

    /** Answers whoever may ask; what is thrown is told in a problem document. */
    private void answer(RoutingContext context, Runnable ask) {
        try {
            HttpMethod method = context.request().method();
            if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
                throw Refusal.method();
            }
            gate.check(context.request());
            ask.run();
        } catch (IllegalArgumentException e) {
            Refusal.bad(String.valueOf(e.getMessage())).send(context);
        } catch (Refusal e) {
            e.send(context);
        }
    }

    private void ask(RoutingContext context, String path) {
        switch (path) {
            case "" -> list(context);
            case "changes" -> changes(context);
            case "stream" -> followers.begin(context, Query.changes(context.queryParams()));
            default -> feed(context, path);
        }
    }

    private void feed(RoutingContext context, String path) {
        boolean compressed = path.endsWith(Catalogue.COMPRESSED);
        Part part = catalogue
                .find(compressed ? path.substring(0, path.length() - Catalogue.COMPRESSED.length()) : path)
                .orElseThrow(
                        () -> new Refusal(NOT_FOUND, "There is no such feed; the feeds are: " + catalogue.names()));
        Selection selection = Query.selection(context.queryParams());
        if (compressed) {
            delivery.deliverFile(context, new Wanted(part, selection, Coding.ZSTD));
        } else {
            delivery.deliver(context, part, selection);
        }
    }

    private void changes(RoutingContext context) {
        Query query = Query.changes(context.queryParams());
        long since = query.since().orElseThrow(() -> Refusal.bad("changes wants to know since which version: ?since="));
        delivery.deliver(context, new ChangesPart(since), Selection.of(query.family()));
    }

    private void list(RoutingContext context) {
        String base = base(context.request()) + FEEDS + "/";
        JsonArray entries = new JsonArray();
        for (Format format : catalogue.formats()) {
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

    /** How the reader calls this server; its own address when it does not say. */
    private static String base(HttpServerRequest request) {
        return Optional.ofNullable(request.authority())
                .filter(host -> !host.host().isEmpty())
                .map(host -> request.scheme() + "://" + host)
                .orElse("");
    }
}
