package org.decoymx.feed;

import static io.netty.handler.codec.http.HttpResponseStatus.BAD_REQUEST;
import static io.netty.handler.codec.http.HttpResponseStatus.METHOD_NOT_ALLOWED;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** An HTTP error of a route that is not a resource, sent as a problem document (RFC 9457). */
public final class HttpProblem extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final String PROBLEM_JSON = "application/problem+json";

    private final transient HttpResponseStatus status;
    private final Map<String, String> headers = new TreeMap<>();

    /**
     * @param status the HTTP status
     * @param detail what is wrong and what is allowed
     */
    public HttpProblem(HttpResponseStatus status, String detail) {
        super(detail, null, false, false);
        this.status = status;
    }

    static HttpProblem badRequest(String detail) {
        return new HttpProblem(BAD_REQUEST, detail);
    }

    static HttpProblem methodNotAllowed() {
        return new HttpProblem(METHOD_NOT_ALLOWED, "Method not allowed; allowed are GET and HEAD")
                .withHeader("Allow", "GET, HEAD");
    }

    /** Runs a handler, and sends its errors as problem documents. */
    public static void handle(RoutingContext context, Consumer<RoutingContext> handler) {
        try {
            handler.accept(context);
        } catch (IllegalArgumentException e) {
            badRequest(String.valueOf(e.getMessage())).send(context);
        } catch (HttpProblem e) {
            e.send(context);
        }
    }

    /** Adds a header field to the response. */
    HttpProblem withHeader(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** Sends it, unless a response has been sent. */
    public void send(RoutingContext context) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        String document = new JsonObject()
                .put("title", status.reasonPhrase())
                .put("status", status.code())
                .put("detail", getMessage())
                .encode();
        headers.forEach(response::putHeader);
        response.setStatusCode(status.code())
                .putHeader(HttpHeaderNames.CONTENT_TYPE, PROBLEM_JSON)
                .putHeader(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .end(document);
    }
}
