package org.decoymx.admin;

import jakarta.inject.Singleton;
import jakarta.ws.rs.ServiceUnavailableException;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.decoymx.ledger.Collector;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ManualDecision;
import org.decoymx.store.StorageException;
import org.decoymx.support.PrintableText;
import org.decoymx.support.Role;
import org.jboss.logging.Logger;

/** Has the ledger carry out what the administrator decides about a sender, and logs it. */
@Singleton
final class ManualCommand {
    private static final Logger LOG = Logger.getLogger(ManualCommand.class);
    private static final long TIMEOUT_SECONDS = 10;
    private static final long RETRY_SECONDS = 30;

    private final Collector collector;

    ManualCommand(Collector collector) {
        this.collector = collector;
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
            log(origin, decision);
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

    private static void log(IpPrefix origin, ManualDecision decision) {
        String what = decision.isForgotten()
                ? "forgotten"
                : decision.tier().name().toLowerCase(Locale.ROOT) + " until " + Instant.ofEpochSecond(decision.until());
        LOG.infof(
                "By hand, by role %s: %s is %s; reason: %s",
                Role.ADMIN, origin, what, PrintableText.escape(decision.reason(), ManualDecision.MAX_REASON));
    }

    private static ServiceUnavailableException unavailable(String detail) {
        return new ServiceUnavailableException(detail, RETRY_SECONDS);
    }
}
