package org.decoymx.admin;

import jakarta.inject.Singleton;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.decoymx.admin.login.AuditLog;
import org.decoymx.exemption.RuntimeExemption;
import org.decoymx.exemption.RuntimeExemptions;
import org.decoymx.ledger.Collector;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.Policy;
import org.decoymx.store.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what the administrator decides about a sender, and records it. A method returns when the decision is on
 * disk; otherwise it throws the error that the client gets.
 */
@Singleton
final class ManualCommand {
    private static final long TIMEOUT_SECONDS = 10;
    private static final long RETRY_SECONDS = 30;

    private final Collector collector;
    private final Policy policy;
    private final RuntimeExemptions exemptions;
    private final SenderReports reports;
    private final AuditLog audit;
    private final Clock clock;

    ManualCommand(
            Collector collector,
            Policy policy,
            RuntimeExemptions exemptions,
            SenderReports reports,
            AuditLog audit,
            Clock clock) {
        this.collector = collector;
        this.policy = policy;
        this.exemptions = exemptions;
        this.reports = reports;
        this.audit = audit;
        this.clock = clock;
    }

    /** Puts a sender into a tier: 409 if it is exempt. */
    void list(IpPrefix origin, ManualRequest request) {
        ManualDecision decision = orBadRequest(() -> request.toDecision(clock.instant(), policy.settings()));
        if (policy.isExempt(origin)) {
            throw new ClientErrorException(
                    String.join(" ", reports.find(origin, false).reasons())
                            + " It is never listed; end the exemption first, if it should be",
                    Response.Status.CONFLICT);
        }
        decide(origin, decision);
    }

    /**
     * Deletes what is known against a sender: 404 if there is nothing.
     *
     * @param reason null for the one in the request
     */
    void forget(IpPrefix origin, ManualRequest request, @Nullable String reason) {
        ManualDecision decision = orBadRequest(() -> request.toForgetting(clock.instant(), reason));
        if (!reports.isKnown(origin)) {
            throw new NotFoundException(origin + " was never seen here"
                    + reports.findNetwork(origin)
                            .map(entry -> "; but its network " + entry.text()
                                    + " is listed: exempt the address to keep it off the list")
                            .orElse(""));
        }
        decide(origin, decision);
    }

    /**
     * Exempts a network.
     *
     * @param cidr a network or an address
     * @param until the time when it ends; null for a duration or none
     * @param duration after which it ends; null for a time or none
     */
    RuntimeExemptions.UpdateResult exempt(
            String cidr, @Nullable String until, @Nullable String duration, String reason) {
        try {
            RuntimeExemptions.UpdateResult change = exemptions.addOrUpdate(
                    IpText.parseNetwork(cidr).hostNetwork(), reason, EndTime.parse(until, duration, clock.instant()));
            RuntimeExemption exemption = change.exemption();
            audit.record(
                    exemption.network().cidr() + " is exempt"
                            + (exemption.until() == null ? "" : " until " + exemption.until()),
                    exemption.reason());
            return change;
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(e.getMessage());
        } catch (IllegalStateException e) {
            throw new ClientErrorException(e.getMessage(), Response.Status.CONFLICT);
        } catch (IOException e) {
            throw unavailable(String.valueOf(e.getMessage()));
        }
    }

    /** Turns the message about what a client sent into an error that it gets. */
    static <T> T orBadRequest(Supplier<T> parser) {
        try {
            return parser.get();
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(e.getMessage());
        }
    }

    private void decide(IpPrefix origin, ManualDecision decision) {
        try {
            boolean written = collector
                    .decide(origin, decision)
                    .orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .join();
            audit.record(describe(origin, decision), decision.reason());
            if (!written) {
                throw unavailable("The ledger cannot be written; this takes effect as soon as it can");
            }
        } catch (CompletionException e) {
            throw unavailable(
                    e.getCause() instanceof StorageException failure
                            ? "The ledger cannot be written, and nothing has changed: " + failure.getMessage()
                            : "The ledger did not answer within " + TIMEOUT_SECONDS
                                    + " s; this may take effect later, see GET /senders/" + origin);
        } catch (RejectedExecutionException e) {
            throw unavailable("The decoy is shutting down; nothing has changed");
        }
    }

    private static String describe(IpPrefix origin, ManualDecision decision) {
        return origin + " is "
                + (decision.isForgotten()
                        ? "forgotten"
                        : decision.tier().text() + " until " + Instant.ofEpochSecond(decision.until()));
    }

    private static ServiceUnavailableException unavailable(String detail) {
        return new ServiceUnavailableException(detail, RETRY_SECONDS);
    }
}
