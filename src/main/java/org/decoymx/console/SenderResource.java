package org.decoymx.console;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.decoymx.ledger.Ledger;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.Sender;
import org.decoymx.policy.Policy;
import org.decoymx.policy.Verdict;
import org.jspecify.annotations.Nullable;

/** Says of any address whether it is listed, and why. */
@Path("/senders")
public final class SenderResource {
    private final Ledger ledger;
    private final Policy policy;
    private final Clock clock;

    SenderResource(Ledger ledger, Policy policy, Clock clock) {
        this.ledger = ledger;
        this.policy = policy;
        this.clock = clock;
    }

    /**
     * What is said of an address.
     *
     * @param origin the address or the network it is known by
     * @param listed whether it is listed now
     * @param reasons why, or why not, each a sentence
     * @param since when it was listed
     * @param until when it will no longer be
     * @param sessions how many sessions it had
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Answer(
            String origin,
            boolean listed,
            List<String> reasons,
            @Nullable Instant since,
            @Nullable Instant until,
            long sessions,
            @Nullable Instant firstSeen,
            @Nullable Instant lastSeen) {

        private static Answer of(Origin origin, Verdict verdict, @Nullable Sender sender) {
            boolean listed = verdict instanceof Verdict.Listed;
            List<String> reasons = verdict instanceof Verdict.Listed because
                    ? because.reasons()
                    : List.of(((Verdict.NotListed) verdict).reason());
            return new Answer(
                    origin.toString(),
                    listed,
                    reasons,
                    verdict instanceof Verdict.Listed begun ? begun.since() : null,
                    verdict instanceof Verdict.Listed ends ? ends.until() : null,
                    sender == null ? 0 : sender.sessions(),
                    sender == null ? null : sender.firstSeen(),
                    sender == null ? null : sender.lastSeen());
        }
    }

    @GET
    @Path("{ip}")
    @Produces(MediaType.APPLICATION_JSON)
    public Answer sender(@PathParam("ip") String ip) {
        Origin origin = Origin.parse(ip)
                .orElseThrow(
                        () -> new BadRequestException("That is no IP address; write it like 192.0.2.1 or 2001:db8::1"));
        Optional<Sender> sender = ledger.find(origin);
        Verdict verdict =
                sender.map(known -> policy.judge(known, clock.instant())).orElseGet(() -> policy.judgeUnknown(origin));
        return Answer.of(origin, verdict, sender.orElse(null));
    }
}
