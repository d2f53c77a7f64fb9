package org.decoymx.policy;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.decoymx.ledger.Sender;
import org.decoymx.ledger.SenderScore;
import org.decoymx.ledger.SkipReason;
import org.decoymx.primary.PrimaryVisits;

/** A verdict in words. Nothing in them comes from the sender. */
final class Explanation {
    private final PolicySettings settings;
    private final Sender sender;
    private final double points;
    private final List<String> reasons = new ArrayList<>();

    /**
     * @param points what the sender has now
     */
    Explanation(PolicySettings rules, Sender sender, double points) {
        this.settings = rules;
        this.sender = sender;
        this.points = points;
    }

    /** The verdict on a sender that is listed, and not exempt. */
    Verdict explainListed() {
        SenderScore score = sender.latestScore();
        addConversations();
        addTraits();
        Instant until = Instant.ofEpochSecond(score.listedUntil());
        reasons.add("It reached " + formatPoints(settings.threshold())
                + " points, the threshold, and was last given some at " + Instant.ofEpochSecond(score.scoredAt()) + "; "
                + formatPoints(points) + " are left.");
        ListingReason.relistingSentence(score.offences()).ifPresent(reasons::add);
        addSkipReasons();
        return new Verdict.Listed(Instant.ofEpochSecond(score.listedSince()), until, List.copyOf(reasons));
    }

    /**
     * The verdict on a sender that is neither listed nor exempt.
     *
     * @param seen when it was at a primary MX
     */
    Verdict explainNotListed(Optional<PrimaryVisits.VisitPeriod> seen) {
        SenderScore score = sender.latestScore();
        if (score.listedUntil() > 0) {
            reasons.add("It was listed at " + Instant.ofEpochSecond(score.listedSince())
                    + ", and its time on the list was over at " + Instant.ofEpochSecond(score.listedUntil()) + ".");
        }
        addConversations();
        reasons.add("It has " + formatPoints(points) + " points; at " + formatPoints(settings.threshold())
                + " it would be listed.");
        addTraits();
        addSkipReasons();
        seen.ifPresent(times ->
                reasons.add("It was seen at a primary MX, from " + times.first() + " to " + times.last() + "."));
        return new Verdict.NotListed(false, List.copyOf(reasons));
    }

    private void addConversations() {
        reasons.add(
                sender.conversations() == 0
                        ? "It came to the decoy MX, but never completed a conversation for a protected recipient."
                        : "It came to the decoy MX and completed a conversation for a protected recipient, "
                                + ListingReason.formatCount(sender.conversations()) + ", last seen at "
                                + sender.lastSeen() + ".");
    }

    private void addTraits() {
        ListingReason.traitSentence(sender.traits()).ifPresent(reasons::add);
    }

    private void addSkipReasons() {
        for (SkipReason waiver : sender.skipReasons()) {
            reasons.add(
                    switch (waiver) {
                        case EXEMPT -> "Some of its sessions did not count, as its address was exempt then.";
                        case WITNESSED ->
                            "Some of its sessions did not count, as it or its network had been seen at a primary MX before.";
                        case OUTAGE -> "Some of its sessions did not count, as a primary MX was down.";
                        case UNANSWERED -> "Some of its sessions did not count, as an allowlist did not answer.";
                    });
        }
    }

    private static String formatPoints(double points) {
        return new DecimalFormat("0.#", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(points);
    }
}
