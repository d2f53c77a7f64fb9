package org.decoymx.admin;

import io.quarkus.security.UnauthorizedException;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
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
import org.decoymx.ledger.SenderLedger;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.Sender;
import org.decoymx.policy.Tier;
import org.decoymx.policy.Verdict;
import org.decoymx.store.StorageException;
import org.decoymx.support.Role;
import org.jspecify.annotations.Nullable;

/** Reports whether an address is listed and why; for the administrator also facts about its latest session. */
@Path("/senders")
public final class SenderResource {
    private final SenderLedger ledger;
    private final Policy policy;
    private final BlocklistPublisher publisher;
    private final SecurityIdentity identity;
    private final Clock clock;

    SenderResource(
            SenderLedger ledger, Policy policy, BlocklistPublisher publisher, SecurityIdentity identity, Clock clock) {
        this.ledger = ledger;
        this.policy = policy;
        this.publisher = publisher;
        this.identity = identity;
        this.clock = clock;
    }

    @GET
    @Path("{ip:.+}")
    @Produces(MediaType.APPLICATION_JSON)
    public SenderReport getSender(
            @PathParam("ip") String ip, @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization) {
        IpPrefix origin = IpText.parseHostNetwork(ip)
                .orElseThrow(
                        () -> new BadRequestException("Not a valid IP address (examples: 192.0.2.1, 2001:db8::1)"));
        boolean admin = authorization != null && isAdmin();
        Instant now = clock.instant();
        Optional<Sender> sender = ledger.find(origin);
        Verdict verdict = applyNetworkListing(
                origin,
                sender.map(found -> policy.evaluate(found, now)).orElseGet(() -> policy.evaluateUnknown(origin)));
        boolean published = policy.settings().mode() != PolicyMode.OBSERVE;
        double points = sender.map(found -> policy.points(found, now)).orElse(0.0);
        SenderReport report = SenderReport.of(
                origin, verdict, tier(sender.orElse(null), verdict, now), published, points, sender.orElse(null));
        return admin ? report.withEvidence(readEvidence(origin)) : report;
    }

    /** The tier that agrees with the verdict: a listed network is a suspect, an exempt sender is in no tier. */
    private Tier tier(@Nullable Sender sender, Verdict verdict, Instant now) {
        Tier own = sender == null ? Tier.NONE : policy.tier(sender, now);
        if (verdict instanceof Verdict.NotListed notListed) {
            return notListed.exempt() ? Tier.NONE : own;
        }
        return own == Tier.CONFIRMED ? Tier.CONFIRMED : Tier.SUSPECT;
    }

    private boolean isAdmin() {
        if (!identity.hasRole(Role.ADMIN)) {
            throw new UnauthorizedException(
                    "Send the token of decoy.admin.token, or no token for a report without evidence");
        }
        return true;
    }

    /** Returns the verdict, or that of the aggregated network that is listed instead of the address. */
    private Verdict applyNetworkListing(IpPrefix origin, Verdict verdict) {
        Optional<Blocklist.BlocklistEntry> entry =
                publisher.evaluatedBlocklist().findEntry(origin);
        if (entry.isEmpty()
                || entry.get().v6()
                || entry.get().isAddress()
                || verdict instanceof Verdict.NotListed notListed && notListed.exempt()) {
            return verdict;
        }
        String reason = "Its network " + entry.get().text() + " is listed because "
                + policy.settings().widenAt() + " or more of its addresses are listed.";
        return new Verdict.Listed(
                Instant.ofEpochSecond(entry.get().since()),
                Instant.ofEpochSecond(entry.get().until()),
                Stream.concat(Stream.of(reason), verdict.reasons().stream()).toList());
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
