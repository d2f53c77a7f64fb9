package org.decoymx.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.decoymx.sighting.Sighting;
import org.decoymx.smtp.protocol.Trait;
import org.jspecify.annotations.Nullable;

/**
 * Decides which senders are listed. A session that reached DATA or BDAT for a protected recipient gets points, more for
 * its traits; any other gets none: anyone can make a good host connect here, and callback verification ends after RCPT.
 * Points add up and decay. At the threshold the sender is listed, longer each time. A session is not scored if
 * its sender is exempt or was seen at a primary MX before, or while a primary MX is down.
 */
public final class Policy {
    /** Foreign recipients are never scored: anyone can make a large provider name them by publishing an MX record. */
    private static final Trait NEVER_SCORED = Trait.RELAY_PROBE;

    private static final int MAX_DOUBLINGS = 30;

    private final PolicySettings settings;
    private final ExemptNetworks exemptNetworks;
    private final PrimaryVisits primaryVisits;
    private final OutageWindows outages;
    private final ScoringConditions conditions;
    private final TrustIndex trust;

    /** A policy with an empty {@link TrustIndex} and its default times. */
    public Policy(
            PolicySettings settings,
            ExemptNetworks exemptNetworks,
            PrimaryVisits primaryVisits,
            OutageWindows outages) {
        this(settings, exemptNetworks, primaryVisits, outages, new TrustIndex(new TrustRules(TrustSettings.DEFAULTS)));
    }

    /**
     * @param exemptNetworks networks that are never listed
     * @param primaryVisits senders seen at a primary MX
     * @param outages when a primary MX was down
     * @param trust the trust states of senders that were caught
     */
    public Policy(
            PolicySettings settings,
            ExemptNetworks exemptNetworks,
            PrimaryVisits primaryVisits,
            OutageWindows outages,
            TrustIndex trust) {
        this.settings = settings;
        this.exemptNetworks = exemptNetworks;
        this.primaryVisits = primaryVisits;
        this.outages = outages;
        conditions = new ScoringConditions(exemptNetworks, primaryVisits, outages);
        this.trust = trust;
    }

    /** The configured settings. */
    public PolicySettings settings() {
        return settings;
    }

    /** The trust states of senders that were caught. */
    public TrustIndex trust() {
        return trust;
    }

    /** Whether a sender is listed: the verdict without its explanation, which is too slow for a million senders. */
    public boolean isListed(Sender sender, Instant now) {
        return findListing(sender, now) != null;
    }

    /** How a sender is listed; null if it is not. */
    public @Nullable Listing findListing(Sender sender, Instant now) {
        Listing listing = Listing.of(sender, trust.find(sender.origin()), now);
        return listing.tierAt(now.getEpochSecond()).isListed() && !isExempt(sender.origin()) && !isWaiting(listing, now)
                ? listing
                : null;
    }

    private boolean isWaiting(Listing listing, Instant now) {
        return outages.waitingListings().isWaiting(listing, now.getEpochSecond());
    }

    /** Whether the first listing of a sender waits until the primary MX is known to be up; then a probe is wanted. */
    public boolean registerIfWaiting(Sender sender, Instant now) {
        Listing listing = Listing.of(sender, trust.find(sender.origin()), now);
        return listing.tierAt(now.getEpochSecond()).isListed()
                && outages.waitingListings().register(listing, now.getEpochSecond());
    }

    /** Whether sessions at this time count, but confirm nobody. */
    public boolean isSuspectOnly(Instant at) {
        return outages.isSuspectOnly(at);
    }

    /** The tier of a sender, exempt or not; {@link Tier#NONE} while its listing waits. */
    public Tier tier(Sender sender, Instant now) {
        TrustState state = trust.find(sender.origin());
        Listing listing = Listing.of(sender, state, now);
        Tier tier = state.isUnknown() ? listing.tierAt(now.getEpochSecond()) : state.tierAt(now.getEpochSecond());
        return tier.isListed() && isWaiting(listing, now) ? Tier.NONE : tier;
    }

    /** Why a listed sender is listed. */
    public ListingReason listingReason(Sender sender) {
        SenderScore latest = sender.latestScore();
        double points = sender.scores().size() == 1
                ? latest.points()
                : points(sender, Instant.ofEpochSecond(lastScoredAt(sender)));
        return new ListingReason(points, latest.offences(), sender.conversations(), sender.traits());
    }

    private static long lastScoredAt(Sender sender) {
        return sender.scores().stream().mapToLong(SenderScore::scoredAt).max().orElse(0);
    }

    /** Whether an origin is never listed. */
    public boolean isExempt(IpPrefix origin) {
        return exemptNetworks.findReason(origin).isPresent();
    }

    /**
     * Scores a sighting. A later sighting of the same session adds only the difference. A session that was skipped once
     * is not scored later, except when it was skipped because of its recipients.
     *
     * @param sighting what has been seen of the session
     * @param scoredPoints {@link SightingScore#sessionPoints} of the session's last sighting; 0 if this is the first
     * @param sender the sender before the sighting
     * @param own its score at this node
     */
    public SightingScore score(Sighting sighting, double scoredPoints, Sender sender, SenderScore own) {
        double points = sighting.isQualifyingConversation() ? conversationPoints(sighting.traits()) : 0;
        if (points <= scoredPoints) {
            return new SightingScore(own, scoredPoints, null);
        }
        SkipReason skipReason = conditions.findSkipReason(sighting, sender.origin());
        if (skipReason == null && scoredPoints == 0 && sighting.notWorstMx()) {
            // a later mail of the session may have another recipient
            return new SightingScore(own, 0, SkipReason.NOT_WORST_MX);
        }
        if (skipReason == null) {
            SenderScore score = addPoints(sender, own, points - scoredPoints, sighting.seenAt());
            return new SightingScore(score, points, null);
        }
        return scoredPoints == 0
                ? new SightingScore(own, SightingScore.SKIPPED, skipReason)
                : new SightingScore(own, scoredPoints, null);
    }

    private double conversationPoints(Set<Trait> traits) {
        double points = settings.weights().data();
        for (Trait trait : traits) {
            if (trait != NEVER_SCORED) {
                points += settings.weights().traits().getOrDefault(trait, 0.0);
            }
        }
        return points;
    }

    /** The new score of this node after a sender got points, more than 0. */
    SenderScore addPoints(Sender known, SenderScore own, double points, Instant at) {
        double total = points(known, at) + points;
        double remaining = decayedPoints(own, at) + points;
        long second = Math.max(own.scoredAt(), at.getEpochSecond());
        int peaks = DailyPeaks.update(own, total, second);
        if (total < settings.threshold()) {
            return new SenderScore(remaining, second, own.offences(), own.listedSince(), own.listedUntil(), peaks);
        }
        boolean newlyListed = !known.latestScore().isListed(at);
        int offences = countOffences(known, at) + (newlyListed ? 1 : 0);
        return new SenderScore(
                remaining,
                second,
                offences,
                own.isListed(at) ? own.listedSince() : at.getEpochSecond(),
                Math.max(own.listedUntil(), at.plus(listingDuration(offences)).getEpochSecond()),
                peaks);
    }

    /** How often a sender was listed before; 0 if {@link PolicySettings#forgiveAfter} has passed. */
    private int countOffences(Sender sender, Instant at) {
        int offences = 0;
        long last = 0;
        for (SenderScore score : sender.scores()) {
            offences = Math.max(offences, score.offences());
            last = Math.max(last, Math.max(score.scoredAt(), score.listedUntil()));
        }
        boolean forgiven =
                !Instant.ofEpochSecond(last).plus(settings.forgiveAfter()).isAfter(at);
        return forgiven ? 0 : offences;
    }

    /** The duration of the first, second, third listing of a sender. */
    private Duration listingDuration(int offences) {
        double seconds = settings.ttl().toSeconds() * Math.pow(2, Math.min(MAX_DOUBLINGS, Math.max(0, offences - 1)));
        return Duration.ofSeconds(
                (long) Math.min(seconds, (double) settings.maxTtl().toSeconds()));
    }

    /** The points of a sender after decay. */
    public double points(Sender sender, Instant at) {
        double points = 0;
        for (SenderScore score : sender.scores()) {
            points += decayedPoints(score, at);
        }
        return points;
    }

    private double decayedPoints(SenderScore score, Instant at) {
        double age = Math.max(0, at.getEpochSecond() - score.scoredAt());
        return age == 0
                ? score.points()
                : score.points() * Math.pow(0.5, age / settings.halfLife().toSeconds());
    }

    /** Whether a network may be listed as a whole: not if any part of it is exempt or was seen at a primary MX. */
    public boolean mayAggregate(IpPrefix network, Instant now) {
        return !exemptNetworks.overlaps(network) && !primaryVisits.wasNetworkSeenBefore(network, now);
    }

    /** The verdict on a sender. */
    public Verdict evaluate(Sender sender, Instant now) {
        Optional<String> exemptReason = exemptNetworks.findReason(sender.origin());
        if (exemptReason.isPresent()) {
            return exemptVerdict(exemptReason.get());
        }
        TrustState state = trust.find(sender.origin());
        Listing listing = Listing.of(sender, state, now);
        Explanation explanation = new Explanation(settings, sender, points(sender, now), state, now);
        if (listing.tierAt(now.getEpochSecond()).isListed() && isWaiting(listing, now)) {
            return explanation.explainWaiting(listing);
        }
        return listing.tierAt(now.getEpochSecond()).isListed()
                ? explanation.explainListed(listing)
                : explanation.explainNotListed(primaryVisits.find(sender.origin()));
    }

    /** The verdict on an address that the ledger does not have. */
    public Verdict evaluateUnknown(IpPrefix origin) {
        return exemptNetworks.findReason(origin).map(Policy::exemptVerdict).orElse(Verdict.NEVER_SEEN);
    }

    private static Verdict exemptVerdict(String reason) {
        return new Verdict.NotListed(true, List.of("Its address is exempt: " + reason + "."));
    }
}
