package org.decoymx.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.decoymx.ledger.SessionEvidence;
import org.decoymx.policy.ManualDecision;
import org.decoymx.policy.Sender;
import org.decoymx.policy.SkipReason;
import org.decoymx.policy.Verdict;
import org.decoymx.smtp.protocol.Trait;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a query about an address.
 *
 * @param origin the address, or the prefix that the ledger keeps for it
 * @param listed whether it is listed and published now
 * @param verdict "listed", "would be listed" (in observe mode), "not listed", "exempt", or "never seen"
 * @param tier "suspect", "confirmed", "cleared" or "none"
 * @param reasons the reasons as sentences
 * @param since when it was listed
 * @param until when the listing expires
 * @param points its current points
 * @param sessions number of its sessions
 * @param conversations number of its sessions that were complete, for a protected recipient
 * @param traits all traits of its sessions
 * @param waived skip reasons of its sessions that were not scored
 * @param evidence facts about its latest session, from each decoy that saw it; for the administrator only
 * @param byHand the latest decision about it by hand, if there is one; for the administrator only
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SenderReport(
        String origin,
        boolean listed,
        String verdict,
        String tier,
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
        @Nullable List<EvidenceView> evidence,
        @Nullable ManualView byHand) {
    private static final double TENTHS = 10;

    /**
     * Facts about the latest session of a sender at one decoy.
     *
     * @param node name of the decoy
     */
    public record EvidenceView(String node, @JsonUnwrapped SessionEvidence session) {}

    /**
     * A decision by hand.
     *
     * @param tier "suspect", "confirmed", "cleared", or "none" if the sender was forgotten
     * @param until when the tier ends; null if the sender was forgotten
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ManualView(
            String tier, Instant at, @Nullable Instant until, String reason) {

        static @Nullable ManualView of(@Nullable ManualDecision decision) {
            return decision == null
                    ? null
                    : new ManualView(
                            decision.tier().text(),
                            Instant.ofEpochSecond(decision.at()),
                            decision.isForgotten() ? null : Instant.ofEpochSecond(decision.until()),
                            decision.reason());
        }
    }

    /**
     * @param published whether listed senders are in the feeds
     * @param evidence null for those who may not see it
     * @param decision null if there is none, and for those who may not see it
     */
    static SenderReport of(
            Verdict verdict,
            boolean published,
            double points,
            Sender sender,
            @Nullable List<EvidenceView> evidence,
            @Nullable ManualDecision decision) {
        boolean seen = sender.sessions() > 0;
        Verdict.Listed listed = verdict instanceof Verdict.Listed listedVerdict ? listedVerdict : null;
        return new SenderReport(
                sender.origin().toString(),
                listed != null && published,
                verdictText(verdict, published, seen),
                verdict.tier().text(),
                verdict.reasons(),
                listed == null ? null : listed.since(),
                listed == null ? null : listed.until(),
                Math.round(points * TENTHS) / TENTHS,
                sender.sessions(),
                sender.conversations(),
                seen ? sender.firstSeen() : null,
                seen ? sender.lastSeen() : null,
                seen ? sender.traits() : null,
                seen ? sender.skipReasons() : null,
                evidence,
                ManualView.of(decision));
    }

    /** The verdict as a title. */
    public String headline() {
        return switch (verdict) {
            case "never seen" -> origin + " was never seen here";
            case "would be listed" -> origin + " would be listed";
            default -> origin + " is " + verdict;
        };
    }

    private static String verdictText(Verdict verdict, boolean published, boolean seen) {
        if (verdict instanceof Verdict.NotListed notListed) {
            String notListedText = seen ? "not listed" : "never seen";
            return notListed.exempt() ? "exempt" : notListedText;
        }
        return published ? "listed" : "would be listed";
    }
}
