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
import org.decoymx.blocklist.Listing;
import org.decoymx.blocklist.Publisher;
import org.decoymx.ledger.Fault;
import org.decoymx.ledger.Ledger;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.Sender;
import org.decoymx.policy.Mode;
import org.decoymx.policy.Policy;
import org.decoymx.policy.Verdict;
import org.jspecify.annotations.Nullable;

/** Says of any address whether it is listed, and why; to the administrator also what its latest session looked like. */
@Path("/senders")
public final class SenderResource {
    private final Ledger ledger;
    private final Policy policy;
    private final Publisher publisher;
    private final Access access;
    private final Clock clock;

    SenderResource(Ledger ledger, Policy policy, Publisher publisher, Access access, Clock clock) {
        this.ledger = ledger;
        this.policy = policy;
        this.publisher = publisher;
        this.access = access;
        this.clock = clock;
    }

    @GET
    @Path("{ip:.+}")
    @Produces(MediaType.APPLICATION_JSON)
    public SenderAnswer sender(
            @PathParam("ip") String ip, @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization) {
        Origin origin = Origin.parse(ip)
                .orElseThrow(
                        () -> new BadRequestException("That is no IP address; write it like 192.0.2.1 or 2001:db8::1"));
        boolean admin = authorization != null && isAdmin(authorization);
        Instant now = clock.instant();
        Optional<Sender> sender = ledger.find(origin);
        Verdict verdict = widened(
                origin, sender.map(known -> policy.judge(known, now)).orElseGet(() -> policy.judgeUnknown(origin)));
        boolean published = policy.rules().mode() != Mode.OBSERVE;
        double points = sender.map(known -> policy.points(known, now)).orElse(0.0);
        SenderAnswer answer = SenderAnswer.of(origin, verdict, published, points, sender.orElse(null));
        return admin ? answer.with(evidence(origin)) : answer;
    }

    private boolean isAdmin(String authorization) {
        if (!access.has(Role.ADMIN, authorization)) {
            throw new NotAuthorizedException(
                    "Show the token of " + Role.ADMIN.key() + ", or none: without it there is no evidence",
                    "Bearer realm=\"decoymx\"");
        }
        return true;
    }

    /** The verdict, or that on the network that is listed in its place. */
    private Verdict widened(Origin origin, Verdict verdict) {
        Optional<Listing.Entry> entry = publisher.decided().find(origin);
        if (entry.isEmpty()
                || entry.get().v6()
                || entry.get().isAddress()
                || verdict instanceof Verdict.NotListed not && not.exempt()) {
            return verdict;
        }
        String reason = "Its network " + entry.get().text() + " is listed, as "
                + policy.rules().widenAt() + " or more addresses of it are.";
        return new Verdict.Listed(
                Instant.ofEpochSecond(entry.get().since()),
                Instant.ofEpochSecond(entry.get().until()),
                Stream.concat(Stream.of(reason), verdict.reasons().stream()).toList());
    }

    private List<SenderAnswer.Evidence> evidence(Origin origin) {
        try {
            return ledger.evidence(origin).entrySet().stream()
                    .map(of -> SenderAnswer.Evidence.of(of.getKey(), of.getValue()))
                    .toList();
        } catch (Fault e) {
            throw new ServiceUnavailableException(String.valueOf(e.getMessage()));
        }
    }
}
