package org.decoymx.bench;

import it.unimi.dsi.fastutil.longs.LongList;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.AcceptedDays;
import org.decoymx.policy.CaughtTransaction;
import org.decoymx.policy.DeliveryAttempts;
import org.decoymx.policy.EnvelopeVisit;
import org.decoymx.policy.PrimaryAttempt;
import org.decoymx.policy.ReportCoverage;
import org.decoymx.policy.Tier;
import org.decoymx.policy.TrustCause;
import org.decoymx.policy.TrustOutcome;
import org.decoymx.policy.TrustRules;
import org.decoymx.policy.TrustSettings;
import org.decoymx.policy.TrustState;
import org.decoymx.policy.VisitOutcome;
import org.decoymx.policy.VisitResult;
import org.decoymx.policy.VisitVerdict;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.Envelope;
import org.decoymx.sighting.EnvelopeKey;

/** A decoy and a primary with the real rules, and what the rest of the program tells them. */
final class TrustWorld {
    static final long START = 1_767_225_600L;

    private static final EnvelopeKey KEY = new EnvelopeKey(new byte[EnvelopeKey.OCTETS]);

    /** What the primary does with the list. */
    enum Consumer {
        /** The policy service defers and rejects. */
        POLICY_SERVICE,
        /** A firewall drops confirmed senders; visits are known from the log. */
        FIREWALL
    }

    /** What the site tells the decoy. */
    enum Reports {
        ALL,
        /** Never what became of a message. */
        NO_RESULTS,
        /** Nothing for an hour each day, as when the policy port cannot be reached. */
        GAPS,
        /** Nothing but the questions of the policy service, and these do not count as reports. */
        NONE;

        private static final long DAY = Duration.ofDays(1).toSeconds();
        private static final long GAP = Duration.ofHours(1).toSeconds();

        ReportCoverage coverage(long at) {
            if (this == NONE) {
                return ReportCoverage.NONE;
            }
            if (this != GAPS) {
                return ReportCoverage.COMPLETE;
            }
            long day = (at - START) / DAY;
            List<ReportCoverage.Gap> gaps = new ArrayList<>();
            for (long i = 0; i <= day; i++) {
                gaps.add(new ReportCoverage.Gap(START + i * DAY, Math.min(at, START + i * DAY + GAP)));
            }
            return new ReportCoverage(0, isGap(at) ? START + day * DAY : at, gaps);
        }

        boolean isGap(long at) {
            return this == GAPS && (at - START) % DAY < GAP;
        }
    }

    enum Result {
        ACCEPTED,
        TEMPORARY_FAILURE,
        DEFERRED,
        REJECTED,
        DROPPED
    }

    /** An address with the number of its network. */
    record Client(int address, int network) {

        IpPrefix origin() {
            return IpPrefix.ofBits(false, (long) network << Byte.SIZE | address & 0xff);
        }
    }

    /** An envelope before it is hashed; the recipient is in the protected domain. */
    record Mail(String fromLocal, String fromDomain, String recipient) {

        boolean isBounce() {
            return fromDomain.isEmpty();
        }

        private Envelope envelope() {
            String reversePath = isBounce() ? "<>" : fromLocal + "@" + fromDomain + ".example";
            return Envelope.of(reversePath, recipient + "@example.org", "example.org");
        }

        long hash() {
            return KEY.hash(envelope());
        }

        long recipientHash() {
            return KEY.hashRecipient(envelope());
        }
    }

    private final TrustRules rules;
    private final Consumer consumer;
    private final Reports reports;
    private final Map<Client, TrustState> states = new HashMap<>();
    private final Map<Client, AcceptedDays> acceptedDays = new HashMap<>();
    private final Map<Long, Set<Client>> holders = new HashMap<>();
    private final DeliveryAttempts attempts = new DeliveryAttempts(0);

    TrustWorld(TrustSettings settings, Consumer consumer, Reports reports) {
        this.rules = new TrustRules(settings);
        this.consumer = consumer;
        this.reports = reports;
    }

    private TrustState state(Client client) {
        return states.getOrDefault(client, TrustState.UNKNOWN);
    }

    /** The client offers a message to the decoy, up to DATA. */
    void offerToDecoy(long at, Client client, Mail mail) {
        long hash = mail.hash();
        CaughtEnvelopes envelopes = new CaughtEnvelopes(
                at, LongList.of(hash), LongList.of(mail.recipientHash()), List.of("example.org"), mail.isBounce());
        boolean known = reports != Reports.NO_RESULTS
                && acceptedDays.getOrDefault(client, AcceptedDays.NONE).isKnown(rules.settings(), at);
        if (known || attempts.findCounted(client.origin(), List.of(envelopes)).isEmpty()) {
            return;
        }
        CaughtTransaction caught =
                new CaughtTransaction(at, LongList.of(hash), mail.isBounce(), true, false, reports.coverage(at));
        states.put(client, rules.recordCatch(state(client), caught).state());
        holders.computeIfAbsent(hash, h -> new HashSet<>()).add(client);
    }

    /**
     * The client offers a message to the primary.
     *
     * @param fails whether the primary puts it off for its own reasons
     * @param atEndOfMessage whether it does so only after the message
     */
    Result offerToPrimary(long at, Client client, Mail mail, boolean fails, boolean atEndOfMessage) {
        if (reports.isGap(at)) {
            return fails ? Result.TEMPORARY_FAILURE : Result.ACCEPTED;
        }
        if (consumer == Consumer.FIREWALL && state(client).tierAt(at) == Tier.CONFIRMED) {
            return Result.DROPPED;
        }
        long hash = mail.hash();
        boolean asked = consumer == Consumer.POLICY_SERVICE && (!fails || atEndOfMessage);
        Result result = fails ? Result.TEMPORARY_FAILURE : Result.ACCEPTED;
        if (asked) {
            result = switch (visit(at, client, mail, hash, VisitResult.ASKED)) {
                case DUNNO -> result;
                case DEFER -> Result.DEFERRED;
                case REJECT -> Result.REJECTED;
            };
        }
        report(at, client, mail, hash, result, asked);
        if (asked) {
            recordAttempt(at, client, mail, VisitResult.ASKED);
        }
        boolean deferredBySite = result == Result.TEMPORARY_FAILURE && reports != Reports.NONE;
        if (reports == Reports.ALL || reports == Reports.GAPS || deferredBySite) {
            recordAttempt(at, client, mail, attemptResult(result));
        } else if (!asked && reports == Reports.NO_RESULTS) {
            attempts.recordVisit(PrimaryAttempt.ofClient(client.origin(), at), at);
        }
        return result;
    }

    private void recordAttempt(long at, Client client, Mail mail, VisitResult result) {
        attempts.recordVisit(new PrimaryAttempt(client.origin(), at, mail.recipientHash(), mail.hash(), result), at);
    }

    private static VisitResult attemptResult(Result result) {
        return switch (result) {
            case ACCEPTED -> VisitResult.ACCEPTED;
            case REJECTED -> VisitResult.REJECTED;
            default -> VisitResult.DEFERRED;
        };
    }

    /** Tells the rules what became of a message, as far as the site reports it. */
    private void report(long at, Client client, Mail mail, long hash, Result result, boolean asked) {
        boolean resultIsKnown = reports == Reports.ALL || reports == Reports.GAPS;
        if (result == Result.ACCEPTED && resultIsKnown) {
            visit(at, client, mail, hash, VisitResult.ACCEPTED);
            if (state(client).firstCaughtAt() == 0) {
                acceptedDays.merge(client, AcceptedDays.NONE.withDay(at), (old, day) -> old.withDay(at));
            }
        } else if (result == Result.TEMPORARY_FAILURE && reports != Reports.NONE) {
            visit(at, client, mail, hash, VisitResult.DEFERRED);
        } else if (result == Result.ACCEPTED && !asked && reports == Reports.NO_RESULTS) {
            visit(at, client, mail, hash, VisitResult.ASKED);
        }
    }

    private VisitVerdict visit(long at, Client client, Mail mail, long hash, VisitResult result) {
        ReportCoverage coverage = reports.coverage(at);
        EnvelopeVisit visit = new EnvelopeVisit(at, hash, mail.isBounce(), result, false, coverage, false, false);
        boolean returnsFromNetwork = false;
        for (Client holder : holders.getOrDefault(hash, Set.of())) {
            TrustState before = state(holder);
            if (holder.equals(client)) {
                continue;
            }
            boolean neighbor = holder.network() == client.network();
            TrustOutcome outcome = neighbor
                    ? rules.recordReturnFromNetwork(before, visit)
                    : rules.recordReturnElsewhere(before, visit);
            returnsFromNetwork |= outcome.change().cause() == TrustCause.RETURNED_FROM_NETWORK;
            states.put(holder, outcome.state());
        }
        VisitOutcome outcome = rules.recordVisit(
                state(client),
                new EnvelopeVisit(at, hash, mail.isBounce(), result, returnsFromNetwork, coverage, false, false));
        states.put(client, outcome.state());
        if (outcome.verdict() == VisitVerdict.DEFER || result == VisitResult.DEFERRED) {
            holders.computeIfAbsent(hash, h -> new HashSet<>()).add(client);
        }
        return outcome.verdict();
    }
}
