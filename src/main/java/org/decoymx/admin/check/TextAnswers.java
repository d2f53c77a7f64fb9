package org.decoymx.admin.check;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.StreamingOutput;
import java.lang.annotation.Annotation;
import java.util.List;
import org.decoymx.admin.page.Negotiation;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/**
 * Prints the JSON of all resources as text for clients that prefer text and accept JSON, such as the command line. It
 * is application-scoped, because filters are created before the configuration can be read.
 */
@ApplicationScoped
class TextAnswers {
    private static final MediaType TEXT = MediaType.TEXT_PLAIN_TYPE.withCharset("utf-8");

    private final ObjectMapper json;

    TextAnswers(ObjectMapper json) {
        this.json = json;
    }

    @ServerResponseFilter
    void print(ContainerRequestContext request, ContainerResponseContext response) {
        Object entity = response.getEntity();
        if (entity == null
                || entity instanceof String
                || entity instanceof StreamingOutput
                || !prefersText(Negotiation.accepted(request::getAcceptableMediaTypes))) {
            return;
        }
        String text = entity instanceof CheckReport report ? report.toText() : JsonText.print(json.valueToTree(entity));
        response.setEntity(text, new Annotation[0], TEXT);
        response.getHeaders().putSingle(HttpHeaders.VARY, HttpHeaders.ACCEPT);
    }

    private static boolean prefersText(List<MediaType> accepted) {
        MediaType first = accepted.isEmpty() ? MediaType.WILDCARD_TYPE : accepted.get(0);
        return first.getType().equals("text") && first.getSubtype().equals("plain");
    }
}
