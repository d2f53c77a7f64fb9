package org.decoymx.admin;

import jakarta.inject.Singleton;
import jakarta.ws.rs.ServiceUnavailableException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.ledger.SenderLedger;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.Sender;
import org.decoymx.policy.Verdict;
import org.decoymx.store.StorageException;

/** Finds what is known about a sender, and whether it is listed. */
@Singleton
final class SenderReports {
    private final SenderLedger ledger;
    private final Policy policy;
    private final BlocklistPublisher publisher;
    private final Clock clock;

    SenderReports(SenderLedger ledger, Policy policy, BlocklistPublisher publisher, Clock clock) {
        this.ledger = ledger;
        this.policy = policy;
        this.publisher = publisher;
        this.clock = clock;
    }

    /**
     * The report on a sender.
     *
     * @param admin whether it has what only the administrator may see; then it is read from the disk
     * @throws ServiceUnavailableException if the disk cannot be read
     */
    SenderReport find(IpPrefix origin, boolean admin) {
        Instant now = clock.instant();
        Sender sender = findSender(origin);
        return SenderReport.of(
                evaluate(sender, now),
                policy.settings().mode() != PolicyMode.OBSERVE,
                policy.points(sender, now),
                sender,
                admin ? readEvidence(origin) : null,
                admin ? policy.trust().manual().find(origin) : null);
    }

    /** Whether there is anything to forget. */
    boolean isKnown(IpPrefix origin) {
        return ledger.find(origin).isPresent() || !policy.trust().find(origin).isUnknown();
    }

    /** The listed network that contains an address. */
    Optional<BlocklistEntry> findNetwork(IpPrefix origin) {
        return publisher.evaluatedBlocklist().findEntry(origin).filter(entry -> !entry.isAddress());
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

    private List<SenderReport.EvidenceView> readEvidence(IpPrefix origin) {
        try {
            return ledger.readEvidence(origin).entrySet().stream()
                    .map(entry -> new SenderReport.EvidenceView(entry.getKey().name(), entry.getValue()))
                    .toList();
        } catch (StorageException e) {
            throw new ServiceUnavailableException(String.valueOf(e.getMessage()));
        }
    }
}
