package org.decoymx.admin.page;

import io.quarkus.qute.Template;
import io.quarkus.qute.TemplateInstance;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.TreeMap;
import org.decoymx.admin.NodeReports;
import org.decoymx.admin.history.HistoryRange;
import org.decoymx.admin.history.HistoryService;
import org.decoymx.admin.history.RecentEvents;
import org.decoymx.admin.login.PageAccess;
import org.decoymx.admin.login.PageAccess.PageReader;

/** The first page: whether the decoy works, whom it caught, and whether anyone good is among them. */
@Path("/")
public final class OverviewPage {
    private static final int SHOWN_EVENTS = 20;

    private static final Map<String, String> LINKS = new TreeMap<>(Map.of(
            "senders", "/senders",
            "sender", "/senders/{ip}",
            "stats", "/stats",
            "exemptions", "/exemptions",
            "nodes", "/nodes",
            "feeds", "/feeds",
            "check", "/check",
            "openapi", "/q/openapi"));

    private final Template overview;
    private final OverviewSource source;
    private final HistoryService history;
    private final RecentEvents events;
    private final NodeReports nodes;
    private final PageAccess access;

    OverviewPage(
            Template overview,
            OverviewSource source,
            HistoryService history,
            RecentEvents events,
            NodeReports nodes,
            PageAccess access) {
        this.history = history;
        this.events = events;
        this.overview = overview;
        this.source = source;
        this.nodes = nodes;
        this.access = access;
    }

    /** The paths of the interface for programs. */
    public record Links(Map<String, String> links) {}

    /**
     * The page for browsers, the links for others.
     *
     * @param range of the graph
     */
    @GET
    public Response get(
            @Context HttpHeaders headers,
            @Context HttpServerRequest request,
            @QueryParam("range") @DefaultValue("24h") String range) {
        PageReader reader = access.reader();
        return Negotiation.answer(
                headers, () -> page(source.read(reader, request), HistoryRange.parse(range)), () -> new Links(LINKS));
    }

    private TemplateInstance page(Overview page, HistoryRange range) {
        return overview.data("page", page)
                .data("history", history.find(range))
                .data("range", range)
                .data("events", events.latest(SHOWN_EVENTS))
                .data("nodes", nodes.ifShared().orElse(null));
    }
}
