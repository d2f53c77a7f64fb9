package org.decoymx.admin.check;

import io.quarkus.qute.Template;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import org.decoymx.admin.NodeReports;
import org.decoymx.admin.login.PageAccess;
import org.decoymx.admin.login.PageAccess.PageReader;
import org.decoymx.admin.page.Negotiation;
import org.decoymx.blocklist.BlocklistPublisher;

/** What the decoy knows of its own state, for those who may read the page. */
@Path("/check")
public final class CheckResource {
    private final CheckService service;
    private final BlocklistPublisher publisher;
    private final NodeReports nodes;
    private final PageAccess access;
    private final Template checkPage;
    private final Clock clock;

    CheckResource(
            CheckService service,
            BlocklistPublisher publisher,
            NodeReports nodes,
            PageAccess access,
            Template checkPage,
            Clock clock) {
        this.service = service;
        this.publisher = publisher;
        this.nodes = nodes;
        this.access = access;
        this.checkPage = checkPage;
        this.clock = clock;
    }

    /**
     * Answers with all findings, or only those that need attention.
     *
     * @param brief whether JSON has only what needs attention
     */
    @GET
    @Produces({MediaType.APPLICATION_JSON, MediaType.TEXT_HTML})
    public Response get(@Context HttpHeaders headers, @QueryParam("brief") @DefaultValue("false") boolean brief) {
        PageReader reader = access.reader();
        CheckReport report = CheckReport.of(
                service.findings(),
                brief,
                publisher.evaluatedBlocklist(),
                nodes.ifShared(),
                clock.instant().truncatedTo(ChronoUnit.SECONDS));
        return Negotiation.answer(
                headers, () -> checkPage.data("report", report).data("user", reader.user()), () -> report);
    }
}
