package org.decoymx.admin.page;

import io.quarkus.qute.TemplateInstance;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.function.Supplier;

/** Whether a client prefers HTML to JSON (RFC 9110, section 12.5.1). */
public final class Negotiation {
    /** The media type of the pages. */
    public static final MediaType HTML = MediaType.TEXT_HTML_TYPE.withCharset("utf-8");

    private Negotiation() {}

    /** Answers with the page if the client wants HTML, else with JSON. */
    public static Response answer(HttpHeaders headers, Supplier<TemplateInstance> page, Supplier<?> json) {
        Response.ResponseBuilder response = wantsHtml(headers)
                ? Response.ok(page.get().render(), HTML)
                : Response.ok(json.get(), MediaType.APPLICATION_JSON_TYPE);
        return response.header(HttpHeaders.VARY, HttpHeaders.ACCEPT).build();
    }

    /** Only a client that names HTML before JSON gets it, as browsers do; all others get JSON. */
    public static boolean wantsHtml(HttpHeaders headers) {
        return wantsHtml(accepted(headers::getAcceptableMediaTypes));
    }

    /**
     * What a client accepts, the preferred type first; everything if it sends nothing valid.
     *
     * @param parser throws an IllegalArgumentException if it is not valid
     */
    public static List<MediaType> accepted(Supplier<List<MediaType>> parser) {
        try {
            return parser.get();
        } catch (IllegalArgumentException e) {
            return List.of(MediaType.WILDCARD_TYPE);
        }
    }

    /** The same for a route of Vert.x. */
    public static boolean wantsHtml(RoutingContext context) {
        return wantsHtml(context.parsedHeaders().accept().stream()
                .map(type -> new MediaType(type.component(), type.subComponent()))
                .toList());
    }

    /**
     * The same.
     *
     * @param accepted the one that is preferred comes first
     */
    static boolean wantsHtml(List<MediaType> accepted) {
        for (MediaType type : accepted) {
            if (isHtml(type)) {
                return true;
            }
            if (type.isWildcardType() || type.isCompatible(MediaType.APPLICATION_JSON_TYPE)) {
                return false;
            }
        }
        return false;
    }

    private static boolean isHtml(MediaType type) {
        return type.getType().equals("text") && type.getSubtype().equals("html");
    }
}
