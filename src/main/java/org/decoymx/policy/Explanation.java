package org.decoymx.policy;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Explains a verdict in sentences. They contain no text that the sender controls. */
final class Explanation {
    private final PolicySettings settings;
    private final Sender sender;
    private final double points;
    private final List<String> reasons = new ArrayList<>();

    /**
     * @param points the points of the sender now, after decay
     */
    Explanation(PolicySettings settings, Sender sender, double points) {
        this.settings = settings;
        this.sender = sender;
        this.points = points;
    }

    /** The verdict on a sender that is listed and not exempt. */
    Verdict explainListed() {
        SenderScore score = sender.latestScore();
        addConversations();
        addTraits();
        Instant until = Instant.ofEpochSecond(score.listedUntil());
        reasons.add("It reached the threshold of " + formatPoints(settings.threshold())
                + " points; points were last added at " + Instant.ofEpochSecond(score.scoredAt()) + ", and it has "
                + formatPoints(points) + " now.");
        ListingReason.relistingSentence(score.offences()).ifPresent(reasons::add);
        addSkipReasons();
        return new Verdict.Listed(Instant.ofEpochSecond(score.listedSince()), until, List.copyOf(reasons));
    }

    /**
     * The verdict on a sender that is neither listed nor exempt.
     *
     * @param visits when it was seen at a primary MX
     */
    Verdict explainNotListed(Optional<PrimaryVisits.VisitPeriod> visits) {
        SenderScore score = sender.latestScore();
        if (score.listedUntil() > 0) {
            reasons.add("It was listed at " + Instant.ofEpochSecond(score.listedSince())
                    + ", and the listing expired at " + Instant.ofEpochSecond(score.listedUntil()) + ".");
        }
        addConversations();
        reasons.add("It has " + formatPoints(points) + " points; the threshold is " + formatPoints(settings.threshold())
                + ".");
        addTraits();
        addSkipReasons();
        visits.ifPresent(period ->
                reasons.add("It was seen at a primary MX, from " + period.first() + " to " + period.last() + "."));
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
        for (SkipReason reason : sender.skipReasons()) {
            reasons.add(
                    switch (reason) {
                        case EXEMPT -> "Some of its sessions were not scored because its address was exempt.";
                        case WITNESSED ->
                            "Some of its sessions were not scored because it or its network had been seen at a primary"
                                    + " MX before.";
                        case OUTAGE -> "Some of its sessions were not scored because a primary MX was down.";
                        case UNANSWERED -> "Some of its sessions were not scored because an allowlist did not answer.";
                    });
        }
    }

    private static String formatPoints(double points) {
        return new DecimalFormat("0.#", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(points);
    }
}
