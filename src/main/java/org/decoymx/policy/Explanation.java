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
    private final TrustState state;
    private final Instant now;
    private final List<String> reasons = new ArrayList<>();

    /**
     * @param points the points of the sender now, after decay
     * @param state {@link TrustState#UNKNOWN} if it was never caught
     */
    Explanation(PolicySettings settings, Sender sender, double points, TrustState state, Instant now) {
        this.state = state;
        this.now = now;
        this.settings = settings;
        this.sender = sender;
        this.points = points;
    }

    /** The verdict on a sender that is listed and not exempt. */
    Verdict explainListed(Listing listing) {
        SenderScore score = sender.latestScore();
        addConversations();
        addTraits();
        Instant until = Instant.ofEpochSecond(listing.until());
        reasons.add("It reached the threshold of " + formatPoints(settings.threshold())
                + " points; points were last added at " + Instant.ofEpochSecond(score.scoredAt()) + ", and it has "
                + formatPoints(points) + " now.");
        ListingReason.relistingSentence(score.offences()).ifPresent(reasons::add);
        addSkipReasons();
        if (!state.isUnknown()) {
            addTier(listing);
        }
        return new Verdict.Listed(Instant.ofEpochSecond(listing.since()), until, List.copyOf(reasons));
    }

    /** The verdict on a sender that is listed once the primary MX is known to be up. */
    Verdict explainWaiting(Listing listing) {
        addConversations();
        addTraits();
        reasons.add("It was caught at " + Instant.ofEpochSecond(listing.since())
                + ". It is listed as soon as every real MX is found to be up after that; if one is not, the catch does"
                + " not count.");
        addSkipReasons();
        return new Verdict.NotListed(false, List.copyOf(reasons));
    }

    private void addTier(Listing listing) {
        String until = Instant.ofEpochSecond(listing.until()).toString();
        if (listing.byHand()) {
            reasons.add("It was listed by hand, until " + until + ".");
        } else if (listing.tier() == Tier.CONFIRMED) {
            reasons.add(
                    "It offers new messages, and does not try again what was deferred, as mail servers do. So its mail"
                            + " is rejected until " + until
                            + " or until it tries again; but first it is deferred at a real MX"
                            + " once.");
        } else {
            reasons.add("Its mail is deferred, not rejected, until " + until
                    + " or until it tries again at a real MX what" + " was deferred, as mail servers do.");
        }
    }

    private void addCleared() {
        RetryProof proof = state.proof();
        reasons.add("It tried again at a real MX what had been deferred, as mail servers do, last at "
                + Instant.ofEpochSecond(proof.lastReturnAt()) + ". So it is not listed, and is not listed again until "
                + Instant.ofEpochSecond(state.tierEndsAt(now.getEpochSecond())) + ".");
    }

    /**
     * The verdict on a sender that is neither listed nor exempt.
     *
     * @param visits when it was seen at a primary MX
     */
    Verdict explainNotListed(Optional<PrimaryVisits.VisitPeriod> visits) {
        SenderScore score = sender.latestScore();
        Listing last = state.isUnknown()
                ? new Listing(Tier.NONE, score.listedSince(), score.listedUntil(), 0, false)
                : state.listing();
        if (state.tierAt(now.getEpochSecond()) == Tier.CLEARED) {
            addCleared();
        } else if (last.until() > 0) {
            reasons.add("It was listed at " + Instant.ofEpochSecond(last.since()) + ", and the listing expired at "
                    + Instant.ofEpochSecond(last.until()) + ".");
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
                        case NOT_WORST_MX ->
                            "Some of its sessions were not scored because DNS did not say that the decoy is the worst"
                                    + " MX of a recipient's domain.";
                        case SPF_UNKNOWN ->
                            "Some of its sessions were not scored because the SPF records of known good senders had not"
                                    + " been found yet.";
                    });
        }
    }

    private static String formatPoints(double points) {
        return new DecimalFormat("0.#", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(points);
    }
}
