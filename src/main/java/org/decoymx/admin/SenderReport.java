package org.decoymx.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.decoymx.ledger.Node;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.Sender;
import org.decoymx.ledger.SkipReason;
import org.decoymx.policy.Verdict;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.jspecify.annotations.Nullable;

/**
 * What is said of an address.
 *
 * @param origin the address or the network it is known by
 * @param listed whether it is listed now, and published
 * @param verdict "listed", "would be listed" (while the decoy only observes), "not listed", "exempt", or "never seen"
 * @param reasons why, each a sentence
 * @param since when it was listed
 * @param until when it will no longer be
 * @param points what it has against it now
 * @param sessions how many sessions it had
 * @param conversations how many of them were complete, for a protected recipient
 * @param traits what its sessions ever showed
 * @param waived why some of its sessions did not count
 * @param evidence of its latest session, by each decoy that saw it; for the administrator only
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SenderReport(
        String origin,
        boolean listed,
        String verdict,
        List<String> reasons,
        @Nullable Instant since,
        @Nullable Instant until,
        double points,
        long sessions,
        long conversations,
        @Nullable Instant firstSeen,
        @Nullable Instant lastSeen,
        @Nullable Set<Trait> traits,
        @Nullable Set<SkipReason> waived,
        @Nullable List<EvidenceView> evidence) {
    private static final double TENTHS = 10;

    /**
     * What a decoy saw of the sender's latest session.
     *
     * @param node the decoy
     * @param helo what it called itself
     * @param senderDomain the domain of its reverse-path
     * @param deepest how far it came
     * @param recipients how many it named
     */
    public record EvidenceView(
            String node, String helo, String senderDomain, Verb deepest, boolean tls, Outcome ended, int recipients) {

        static EvidenceView of(Node node, org.decoymx.ledger.SessionEvidence seen) {
            return new EvidenceView(
                    node.name(),
                    seen.helo(),
                    seen.senderDomain(),
                    seen.deepest(),
                    seen.tls(),
                    seen.outcome(),
                    seen.recipients());
        }
    }

    /**
     * Puts an answer together.
     *
     * @param published whether who is listed is also in the feeds
     * @param sender null when it was never seen
     */
    static SenderReport of(Origin origin, Verdict verdict, boolean published, double points, @Nullable Sender sender) {
        Verdict.Listed listed = verdict instanceof Verdict.Listed now ? now : null;
        return new SenderReport(
                origin.toString(),
                listed != null && published,
                verdictText(verdict, published, sender),
                verdict.reasons(),
                listed == null ? null : listed.since(),
                listed == null ? null : listed.until(),
                Math.round(points * TENTHS) / TENTHS,
                sender == null ? 0 : sender.sessions(),
                sender == null ? 0 : sender.conversations(),
                sender == null ? null : sender.firstSeen(),
                sender == null ? null : sender.lastSeen(),
                sender == null ? null : sender.traits(),
                sender == null ? null : sender.skipReasons(),
                null);
    }

    private static String verdictText(Verdict verdict, boolean published, @Nullable Sender sender) {
        if (verdict instanceof Verdict.NotListed not) {
            String unlisted = sender == null ? "never seen" : "not listed";
            return not.exempt() ? "exempt" : unlisted;
        }
        return published ? "listed" : "would be listed";
    }

    /** The same with evidence. */
    SenderReport withEvidence(List<EvidenceView> shown) {
        return new SenderReport(
                origin,
                listed,
                verdict,
                reasons,
                since,
                until,
                points,
                sessions,
                conversations,
                firstSeen,
                lastSeen,
                traits,
                waived,
                shown);
    }
}
