package org.decoymx.admin.page;

import static io.netty.handler.codec.http.HttpResponseStatus.INTERNAL_SERVER_ERROR;

import io.quarkus.qute.Template;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.lang.annotation.Annotation;
import org.decoymx.admin.ProblemDocument;
import org.decoymx.support.PrintableText;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/**
 * Sends a page to browsers in place of a problem document. It is application-scoped, because filters are created before
 * the configuration can be read.
 */
@ApplicationScoped
class ErrorPages {
    private static final Logger LOG = Logger.getLogger(ErrorPages.class);
    private static final int MAX_DETAIL = 500;

    private final Template error;

    ErrorPages(Template error) {
        this.error = error;
    }

    /** After {@code RequestErrors}, and before the handler of Quarkus, which answers all others. */
    void register(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE + 1).failureHandler(this::handleFailure);
    }

    /** An error that nothing else handles. Only the log has its stack trace, as with the handler of Quarkus. */
    private void handleFailure(RoutingContext context) {
        Throwable failure = context.failure();
        boolean isUnexpected = failure != null
                && !(failure instanceof SecurityException)
                && (context.statusCode() < 0 || context.statusCode() == INTERNAL_SERVER_ERROR.code());
        if (!isUnexpected || context.response().ended() || !Negotiation.wantsHtml(context)) {
            context.next();
            return;
        }
        LOG.error("A request failed", failure);
        String page = render(new ProblemDocument(
                INTERNAL_SERVER_ERROR.reasonPhrase(),
                INTERNAL_SERVER_ERROR.code(),
                "The decoy could not answer this request; its log says why"));
        context.response()
                .setStatusCode(INTERNAL_SERVER_ERROR.code())
                .putHeader(HttpHeaders.CONTENT_TYPE, Negotiation.HTML.toString())
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(page);
    }

    @ServerResponseFilter
    void replace(ContainerRequestContext request, ContainerResponseContext response) {
        if (response.getEntity() instanceof ProblemDocument problem
                && Negotiation.wantsHtml(Negotiation.accepted(request::getAcceptableMediaTypes))) {
            String page = render(problem);
            response.setEntity(page, new Annotation[0], Negotiation.HTML);
            response.getHeaders().putSingle(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        }
    }

    /** Quarkus describes a path that does not exist in words for programmers. */
    private static String describe(ProblemDocument problem) {
        return problem.detail().contains("target resource") ? "There is nothing at this address" : problem.detail();
    }

    private String render(ProblemDocument problem) {
        return error.data("status", problem.status())
                .data("title", problem.title())
                .data("detail", PrintableText.escape(describe(problem), MAX_DETAIL))
                .render();
    }
}
