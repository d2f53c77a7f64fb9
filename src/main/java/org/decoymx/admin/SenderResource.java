package org.decoymx.admin;

import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.Sender;
import org.decoymx.ledger.SenderLedger;
import org.decoymx.ledger.StorageException;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.Verdict;
import org.jspecify.annotations.Nullable;

/** Says of any address whether it is listed, and why; to the administrator also what its latest session looked like. */
@Path("/senders")
public final class SenderResource {
    private final SenderLedger ledger;
    private final Policy policy;
    private final BlocklistPublisher publisher;
    private final TokenAuthenticator authenticator;
    private final Clock clock;

    SenderResource(
            SenderLedger ledger, Policy policy, BlocklistPublisher publisher, TokenAuthenticator access, Clock clock) {
        this.ledger = ledger;
        this.policy = policy;
        this.publisher = publisher;
        this.authenticator = access;
        this.clock = clock;
    }

    @GET
    @Path("{ip:.+}")
    @Produces(MediaType.APPLICATION_JSON)
    public SenderReport getSender(
            @PathParam("ip") String ip, @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization) {
        Origin origin = Origin.parse(ip)
                .orElseThrow(
                        () -> new BadRequestException("That is no IP address; write it like 192.0.2.1 or 2001:db8::1"));
        boolean admin = authorization != null && isAdmin(authorization);
        Instant now = clock.instant();
        Optional<Sender> sender = ledger.find(origin);
        Verdict verdict = applyNetworkListing(
                origin,
                sender.map(known -> policy.evaluate(known, now)).orElseGet(() -> policy.evaluateUnknown(origin)));
        boolean published = policy.settings().mode() != PolicyMode.OBSERVE;
        double points = sender.map(known -> policy.points(known, now)).orElse(0.0);
        SenderReport answer = SenderReport.of(origin, verdict, published, points, sender.orElse(null));
        return admin ? answer.withEvidence(readEvidence(origin)) : answer;
    }

    private boolean isAdmin(String authorization) {
        if (!authenticator.isAuthorized(Role.ADMIN, authorization)) {
            throw new NotAuthorizedException(
                    "Show the token of " + Role.ADMIN.tokenKey() + ", or none: without it there is no evidence",
                    "Bearer realm=\"decoymx\"");
        }
        return true;
    }

    /** The verdict, or that on the network that is listed in its place. */
    private Verdict applyNetworkListing(Origin origin, Verdict verdict) {
        Optional<Blocklist.BlocklistEntry> entry =
                publisher.evaluatedBlocklist().findEntry(origin);
        if (entry.isEmpty()
                || entry.get().v6()
                || entry.get().isAddress()
                || verdict instanceof Verdict.NotListed not && not.exempt()) {
            return verdict;
        }
        String reason = "Its network " + entry.get().text() + " is listed, as "
                + policy.settings().widenAt() + " or more addresses of it are.";
        return new Verdict.Listed(
                Instant.ofEpochSecond(entry.get().since()),
                Instant.ofEpochSecond(entry.get().until()),
                Stream.concat(Stream.of(reason), verdict.reasons().stream()).toList());
    }

    private List<SenderReport.EvidenceView> readEvidence(Origin origin) {
        try {
            return ledger.readEvidence(origin).entrySet().stream()
                    .map(of -> SenderReport.EvidenceView.of(of.getKey(), of.getValue()))
                    .toList();
        } catch (StorageException e) {
            throw new ServiceUnavailableException(String.valueOf(e.getMessage()));
        }
    }
}
