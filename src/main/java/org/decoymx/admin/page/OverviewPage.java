package org.decoymx.admin.page;

import io.quarkus.qute.Template;
import io.quarkus.security.UnauthorizedException;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.TreeMap;
import org.decoymx.admin.login.PageAccess;
import org.decoymx.admin.login.PageAccess.PageReader;

/** The first page: whether the decoy works, whom it caught, and whether anyone good is among them. */
@Path("/")
public final class OverviewPage {
    private static final Map<String, String> LINKS = new TreeMap<>(Map.of(
            "senders", "/senders",
            "sender", "/senders/{ip}",
            "stats", "/stats",
            "exemptions", "/exemptions",
            "feeds", "/feeds",
            "check", "/check",
            "openapi", "/q/openapi"));

    private final Template overview;
    private final OverviewSource source;
    private final PageAccess access;

    OverviewPage(Template overview, OverviewSource source, PageAccess access) {
        this.overview = overview;
        this.source = source;
        this.access = access;
    }

    /** The paths of the interface for programs. */
    public record Links(Map<String, String> links) {}

    @GET
    public Response get(@Context HttpHeaders headers, @Context HttpServerRequest request) {
        PageReader reader = access.reader();
        if (!reader.mayRead()) {
            throw new UnauthorizedException();
        }
        Response.ResponseBuilder response = Negotiation.wantsHtml(headers)
                ? Response.ok(
                        overview.data("page", source.read(reader, request)).render(), Negotiation.HTML)
                : Response.ok(new Links(LINKS), MediaType.APPLICATION_JSON_TYPE);
        return response.header(HttpHeaders.VARY, HttpHeaders.ACCEPT).build();
    }
}
