package org.decoymx.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.decoymx.admin.SenderPages.SenderForm;
import org.decoymx.admin.SenderPages.SenderListView;
import org.decoymx.admin.login.PageAccess;
import org.decoymx.admin.login.PageAccess.PageReader;
import org.decoymx.admin.login.SendersAccessRule;
import org.decoymx.admin.page.Negotiation;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.ledger.SenderLedger;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.Policy;
import org.decoymx.support.Role;
import org.jspecify.annotations.Nullable;

/**
 * Reports whether an address is listed and why; for the administrator also facts about its latest session. The
 * administrator lists and forgets senders by hand. A browser gets pages, any other client JSON.
 */
@Path("/senders")
@Produces({MediaType.APPLICATION_JSON, MediaType.TEXT_HTML})
public final class SenderResource {
    private static final String IP = "{ip:.+}";

    private final ManualCommand command;
    private final SenderReports reports;
    private final SenderPages pages;
    private final PageAccess access;
    private final SecurityIdentity identity;
    private final BlocklistPublisher publisher;
    private final ObjectMapper json;
    private final SenderList list;

    SenderResource(
            SenderLedger ledger,
            Policy policy,
            BlocklistPublisher publisher,
            ManualCommand command,
            SenderReports reports,
            SenderPages pages,
            PageAccess access,
            SecurityIdentity identity,
            ObjectMapper json) {
        this.command = command;
        this.reports = reports;
        this.pages = pages;
        this.access = access;
        this.identity = identity;
        this.publisher = publisher;
        this.json = json;
        list = new SenderList(ledger::find, policy.trust().manual());
    }

    @GET
    public Response list(
            @Context HttpHeaders headers,
            @QueryParam("tier") @Nullable String tier,
            @QueryParam("since") @Nullable String since,
            @QueryParam("q") @Nullable String text,
            @QueryParam("page") @Nullable String page,
            @QueryParam("size") @Nullable String size) {
        PageReader reader = access.reader();
        boolean html = Negotiation.wantsHtml(headers);
        try {
            SenderQuery query = SenderQuery.parse(tier, since, text, page, size);
            Optional<IpPrefix> address = IpText.parseHostNetwork(query.text()).filter(IpPrefix::isAddress);
            if (html && address.isPresent()) {
                return seeOther("/senders/" + address.get());
            }
            SenderList.SenderPage found = list.find(publisher.evaluatedBlocklist(), query);
            return html ? pages.list(reader, SenderListView.of(query, found)) : toJson(found);
        } catch (IllegalArgumentException e) {
            if (html) {
                return pages.list(reader, SenderListView.failed(text, tier, String.valueOf(e.getMessage())));
            }
            throw new BadRequestException(e.getMessage());
        }
    }

    @GET
    @Path(IP)
    @SendersAccessRule
    public Response getSender(
            @PathParam("ip") String ip,
            @Context HttpHeaders headers,
            @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
            @QueryParam("done") @Nullable String done) {
        IpPrefix origin = parseOrigin(ip);
        PageReader reader = access.reader();
        if (authorization != null && !reader.mayChange() && !identity.hasRole(Role.READER)) {
            throw new UnauthorizedException(
                    "Send the token of decoy.admin.token, or no token for a report without evidence");
        }
        return Negotiation.wantsHtml(headers)
                ? pages.sender(Response.Status.OK, reader, origin, SenderForm.done(done))
                : toJson(reports.find(origin, reader.mayChange()));
    }

    @PUT
    @Path(IP)
    @RolesAllowed(Role.ADMIN)
    public SenderReport put(@PathParam("ip") String ip, @Nullable String body) {
        IpPrefix origin = parseOrigin(ip);
        command.list(origin, ManualCommand.orBadRequest(() -> ManualRequest.parse(body, true, json)));
        return reports.find(origin, true);
    }

    @DELETE
    @Path(IP)
    @RolesAllowed(Role.ADMIN)
    public SenderReport delete(
            @PathParam("ip") String ip, @QueryParam("reason") @Nullable String reason, @Nullable String body) {
        IpPrefix origin = parseOrigin(ip);
        command.forget(origin, ManualCommand.orBadRequest(() -> ManualRequest.parse(body, false, json)), reason);
        return reports.find(origin, true);
    }

    /**
     * What the forms of the page send.
     *
     * @param action {@code forget}, {@code list} or {@code exempt}
     * @param tier of {@code list}
     * @param duration for how long, such as {@code 30d}; empty for the default of {@code list}, and for ever
     * @param scope of {@code exempt}: {@code address}, or {@code network} for the network around it
     */
    @POST
    @Path(IP)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @RolesAllowed(Role.ADMIN)
    public Response post(
            @PathParam("ip") String ip,
            @FormParam("action") @DefaultValue("") String action,
            @FormParam("tier") @DefaultValue("") String tier,
            @FormParam("for") @DefaultValue("") String duration,
            @FormParam("scope") @DefaultValue("") String scope,
            @FormParam("reason") @DefaultValue("") String reason) {
        IpPrefix origin = parseOrigin(ip);
        try {
            switch (action) {
                case "list" -> command.list(origin, ManualRequest.of(tier, duration, reason));
                case "forget" -> command.forget(origin, ManualRequest.of("", "", reason), null);
                case "exempt" -> {
                    IpPrefix network = scope.equals("network") ? origin.neighborhood() : origin;
                    command.exempt(network.cidr(), null, duration.isBlank() ? null : duration.strip(), reason);
                }
                default -> throw new BadRequestException("action: must be one of forget, list, exempt");
            }
            return seeOther("?done=" + action);
        } catch (WebApplicationException e) {
            return pages.sender(
                    e.getResponse().getStatusInfo(),
                    access.reader(),
                    origin,
                    new SenderForm("", String.valueOf(e.getMessage()), action, tier, duration, scope, reason));
        }
    }

    private static IpPrefix parseOrigin(String ip) {
        return IpText.parseHostNetwork(ip)
                .or(() -> IpText.parsePrintedHostNetwork(ip))
                .orElseThrow(
                        () -> new BadRequestException("Not a valid IP address (examples: 192.0.2.1, 2001:db8::1)"));
    }

    /** The reference is relative, because a proxy may use another scheme, host and port. */
    private static Response seeOther(String reference) {
        return Response.status(Response.Status.SEE_OTHER)
                .header(HttpHeaders.LOCATION, reference)
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT)
                .build();
    }

    private static Response toJson(Object entity) {
        return Response.ok(entity, MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.VARY, HttpHeaders.ACCEPT)
                .build();
    }
}
