package org.decoymx.admin;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.StatusType;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * A problem document: RFC 9457.
 *
 * @param title the reason phrase of the status
 * @param status the HTTP status code
 * @param detail what is wrong and what is allowed
 */
public record ProblemDocument(String title, int status, String detail) {
    private static final MediaType JSON = new MediaType("application", "problem+json");

    /** The response of an error, with the document as body. */
    public static Response toResponse(WebApplicationException error) {
        StatusType status = error.getResponse().getStatusInfo();
        String detail = String.valueOf(error.getMessage());
        return Response.fromResponse(error.getResponse())
                .entity(new ProblemDocument(status.getReasonPhrase(), status.getStatusCode(), detail))
                .type(JSON)
                .build();
    }

    /** Maps all HTTP errors of the resources to problem documents. */
    static final class ErrorMapper {

        @ServerExceptionMapper
        Response map(WebApplicationException error) {
            return toResponse(error);
        }
    }
}
