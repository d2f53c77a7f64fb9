package org.decoymx.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.decoymx.admin.login.SendersAccessRule;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.ledger.SenderLedger;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.Sender;
import org.decoymx.policy.Verdict;
import org.decoymx.store.StorageException;
import org.decoymx.support.Role;
import org.jspecify.annotations.Nullable;

/**
 * Reports whether an address is listed and why; for the administrator also facts about its latest session. The
 * administrator lists and forgets senders by hand.
 */
@Path("/senders")
@Produces(MediaType.APPLICATION_JSON)
public final class SenderResource {
    private static final String IP = "{ip:.+}";

    private final SenderLedger ledger;
    private final Policy policy;
    private final BlocklistPublisher publisher;
    private final ManualCommand command;
    private final SecurityIdentity identity;
    private final ObjectMapper json;
    private final Clock clock;
    private final SenderList list;

    SenderResource(
            SenderLedger ledger,
            Policy policy,
            BlocklistPublisher publisher,
            ManualCommand command,
            SecurityIdentity identity,
            ObjectMapper json,
            Clock clock) {
        this.ledger = ledger;
        this.policy = policy;
        this.publisher = publisher;
        this.command = command;
        this.identity = identity;
        this.json = json;
        this.clock = clock;
        list = new SenderList(ledger::find, policy.trust().manual());
    }

    @GET
    public SenderList.SenderPage list(
            @QueryParam("tier") @Nullable String tier,
            @QueryParam("since") @Nullable String since,
            @QueryParam("q") @Nullable String text,
            @QueryParam("page") @Nullable String page,
            @QueryParam("size") @Nullable String size) {
        return orBadRequest(
                () -> list.find(publisher.evaluatedBlocklist(), SenderQuery.parse(tier, since, text, page, size)));
    }

    @GET
    @Path(IP)
    @SendersAccessRule
    public SenderReport getSender(
            @PathParam("ip") String ip, @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization) {
        return report(parseOrigin(ip), authorization != null && isAdmin());
    }

    @PUT
    @Path(IP)
    @RolesAllowed(Role.ADMIN)
    public SenderReport put(@PathParam("ip") String ip, @Nullable String body) {
        IpPrefix origin = parseOrigin(ip);
        ManualDecision decision = orBadRequest(
                () -> ManualRequest.parse(body, true, json).toDecision(clock.instant(), policy.settings()));
        if (policy.isExempt(origin)) {
            throw new ClientErrorException(
                    String.join(" ", report(origin, false).reasons())
                            + " It is never listed; end the exemption first, if it should be",
                    Response.Status.CONFLICT);
        }
        command.decide(origin, decision);
        return report(origin, true);
    }

    @DELETE
    @Path(IP)
    @RolesAllowed(Role.ADMIN)
    public SenderReport delete(
            @PathParam("ip") String ip, @QueryParam("reason") @Nullable String reason, @Nullable String body) {
        IpPrefix origin = parseOrigin(ip);
        ManualDecision decision =
                orBadRequest(() -> ManualRequest.parse(body, false, json).toForgetting(clock.instant(), reason));
        if (ledger.find(origin).isEmpty() && policy.trust().find(origin).isUnknown()) {
            throw new NotFoundException(origin + " was never seen here"
                    + findNetwork(origin)
                            .map(entry -> "; but its network " + entry.text()
                                    + " is listed: exempt the address to keep it off the list")
                            .orElse(""));
        }
        command.decide(origin, decision);
        return report(origin, true);
    }

    private static IpPrefix parseOrigin(String ip) {
        return IpText.parseHostNetwork(ip)
                .or(() -> IpText.parsePrintedHostNetwork(ip))
                .orElseThrow(
                        () -> new BadRequestException("Not a valid IP address (examples: 192.0.2.1, 2001:db8::1)"));
    }

    private static <T> T orBadRequest(Supplier<T> parser) {
        try {
            return parser.get();
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(e.getMessage());
        }
    }

    private SenderReport report(IpPrefix origin, boolean admin) {
        Instant now = clock.instant();
        Sender sender = findSender(origin);
        SenderReport report = SenderReport.of(
                evaluate(sender, now),
                policy.settings().mode() != PolicyMode.OBSERVE,
                policy.points(sender, now),
                sender);
        return admin
                ? report.withEvidence(
                        readEvidence(origin), policy.trust().manual().find(origin))
                : report;
    }

    /** The sender with an address; of an address that was never seen, its IPv6 /64, if that is listed itself. */
    private Sender findSender(IpPrefix origin) {
        return ledger.find(origin)
                .or(() -> findNetwork(origin).flatMap(entry -> ledger.find(origin.hostRange())))
                .orElseGet(() -> Sender.unseen(origin));
    }

    /** The verdict on the sender; if it is not listed itself but its network is, it is told so. */
    private Verdict evaluate(Sender sender, Instant now) {
        Verdict own = policy.evaluate(sender, now);
        boolean exempt = own instanceof Verdict.NotListed notListed && notListed.exempt();
        if (exempt || own instanceof Verdict.Listed) {
            return own;
        }
        return findNetwork(sender.origin())
                .map(entry -> policy.evaluateNeighbor(
                        sender,
                        entry.text(),
                        Instant.ofEpochSecond(entry.since()),
                        Instant.ofEpochSecond(entry.until()),
                        now))
                .orElse(own);
    }

    /** The listed network that contains an address. */
    private Optional<Blocklist.BlocklistEntry> findNetwork(IpPrefix origin) {
        return publisher.evaluatedBlocklist().findEntry(origin).filter(entry -> !entry.isAddress());
    }

    private boolean isAdmin() {
        boolean isAdmin = identity.hasRole(Role.ADMIN);
        if (!isAdmin && !identity.hasRole(Role.READER)) {
            throw new UnauthorizedException(
                    "Send the token of decoy.admin.token, or no token for a report without evidence");
        }
        return isAdmin;
    }

    private List<SenderReport.EvidenceView> readEvidence(IpPrefix origin) {
        try {
            return ledger.readEvidence(origin).entrySet().stream()
                    .map(entry -> SenderReport.EvidenceView.of(entry.getKey(), entry.getValue()))
                    .toList();
        } catch (StorageException e) {
            throw new ServiceUnavailableException(String.valueOf(e.getMessage()));
        }
    }
}
