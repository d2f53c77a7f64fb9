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

/** Why a reader gets no feed: a problem document (RFC 9457). */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final String JSON = "application/problem+json";

    private final transient HttpResponseStatus status;
    private final Map<String, String> fields = new TreeMap<>();

    /**
     * @param status the HTTP status
     * @param detail what was wrong, and what is allowed
     */
    Refusal(HttpResponseStatus status, String detail) {
        super(detail, null, false, false);
        this.status = status;
    }

    static Refusal bad(String detail) {
        return new Refusal(BAD_REQUEST, detail);
    }

    static Refusal method() {
        return new Refusal(METHOD_NOT_ALLOWED, "A feed can be read, by GET and HEAD").with("Allow", "GET, HEAD");
    }

    /** Adds a field to the answer's head. */
    Refusal with(String name, String value) {
        fields.put(name, value);
        return this;
    }

    void send(RoutingContext context) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        String document = new JsonObject()
                .put("title", status.reasonPhrase())
                .put("status", status.code())
                .put("detail", getMessage())
                .encode();
        fields.forEach(response::putHeader);
        response.setStatusCode(status.code())
                .putHeader(HttpHeaderNames.CONTENT_TYPE, JSON)
                .putHeader(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .end(document);
    }
}
