package org.decoymx.admin;

import jakarta.inject.Singleton;
import jakarta.ws.rs.ServiceUnavailableException;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.decoymx.admin.login.AuditLog;
import org.decoymx.ledger.Collector;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.decoymx.store.StorageException;

/** Has the ledger carry out what the administrator decides about a sender. */
@Singleton
final class ManualCommand {
    private static final long TIMEOUT_SECONDS = 10;
    private static final long RETRY_SECONDS = 30;

    private final Collector collector;
    private final AuditLog audit;

    ManualCommand(Collector collector, AuditLog audit) {
        this.collector = collector;
        this.audit = audit;
    }

    /**
     * Returns when the decision is on disk.
     *
     * @throws ServiceUnavailableException if it cannot be written; the message says whether it may take effect later
     */
    void decide(IpPrefix origin, ManualDecision decision) {
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
                        : decision.tier().name().toLowerCase(Locale.ROOT) + " until "
                                + Instant.ofEpochSecond(decision.until()));
    }

    private static ServiceUnavailableException unavailable(String detail) {
        return new ServiceUnavailableException(detail, RETRY_SECONDS);
    }
}
