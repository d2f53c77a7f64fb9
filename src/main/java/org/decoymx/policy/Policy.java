package org.decoymx.policy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.decoymx.net.IpPrefix;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.Sighting;
import org.jspecify.annotations.Nullable;

/**
 * Decides which senders are listed. A session that reached DATA or BDAT for a protected recipient gets points, more for
 * its traits; any other gets none: anyone can make a good host connect here, and callback verification ends after RCPT.
 * Points add up and decay. At the threshold the sender is listed, in the tier that its trust state gives. A session is
 * not scored if its sender is exempt, known or put off at a primary MX just before, or while a primary MX is down.
 */
public final class Policy {
    private final PolicySettings settings;
    private final ExemptNetworks exemptNetworks;
    private final PrimaryVisits primaryVisits;
    private final OutageWindows outages;
    private final ListingRules listings;
    private final PointRules pointRules;
    private final DeliveryAttempts attempts;
    private final TrustIndex trust;
    private final SiteTexts site;

    /**
     * @param exemptNetworks networks that are never listed
     * @param primaryVisits senders seen at a primary MX
     * @param outages when a primary MX was down
     * @param attempts who was put off at a primary MX lately
     * @param trust the trust states of senders that were caught
     * @param site what explanations say of it
     */
    Policy(
            PolicySettings settings,
            ExemptNetworks exemptNetworks,
            PrimaryVisits primaryVisits,
            OutageWindows outages,
            DeliveryAttempts attempts,
            TrustIndex trust,
            SiteTexts site) {
        this.site = site;
        this.settings = settings;
        pointRules = new PointRules(settings);
        this.exemptNetworks = exemptNetworks;
        this.primaryVisits = primaryVisits;
        this.outages = outages;
        this.attempts = attempts;
        this.trust = trust;
        listings = new ListingRules(trust, outages.waitingListings(), settings.minNodes());
    }

    /** The configured settings. */
    public PolicySettings settings() {
        return settings;
    }

    /** The trust states of senders that were caught. */
    public TrustIndex trust() {
        return trust;
    }

    /** Who was put off at a primary MX lately. */
    public DeliveryAttempts attempts() {
        return attempts;
    }

    /** Whether a sender is listed: the verdict without its explanation, which is too slow for a million senders. */
    public boolean isListed(Sender sender, Instant now) {
        return findListing(sender, now) != null;
    }

    /** How a sender is listed; null if it is not. */
    public @Nullable Listing findListing(Sender sender, Instant now) {
        Listing listing = listings.findPublished(sender, now);
        return listing.tier() != Tier.NONE && !isExempt(sender.origin()) ? listing : null;
    }

    /** Whether the first listing of a sender waits until the primary MX is known to be up; then a probe is wanted. */
    public boolean registerIfWaiting(Sender sender, Instant now) {
        return listings.registerIfWaiting(sender, now);
    }

    /** Whether what was refused at this time counts, but confirms nobody. */
    public boolean isSuspectOnly(long at) {
        return outages.isSuspectOnly(Instant.ofEpochSecond(at))
                || !attempts.reachesBack(at, trust.rules().settings().abandonedAfter());
    }

    /** Whether a sender is in a listed tier, exempt or not, published or not yet. */
    public boolean isInListedTier(Sender sender, Instant now) {
        return listings.find(sender, now).tier() != Tier.NONE;
    }

    /** The tier of a sender, exempt or not; {@link Tier#NONE} while its listing is not published. */
    public Tier tier(Sender sender, Instant now) {
        return listings.tier(sender, now);
    }

    /** Why a listed sender is listed. */
    public ListingReason listingReason(Sender sender) {
        SenderScore latest = sender.latestScore();
        double points = sender.scores().size() == 1
                ? latest.points()
                : points(sender, Instant.ofEpochSecond(sender.lastScoredAt()));
        return new ListingReason(points, latest.offences(), sender.conversations(), sender.traits());
    }

    /** When the points of all nodes reached the threshold, unless a node has listed the sender; seconds since 1970. */
    public OptionalLong findThresholdCrossing(Sender sender) {
        return isExempt(sender.origin()) ? OptionalLong.empty() : pointRules.findCrossing(sender, trust);
    }

    /** Whether an origin is never listed. */
    public boolean isExempt(IpPrefix origin) {
        return exemptNetworks.findReason(origin).isPresent();
    }

    /**
     * Scores a sighting. A later sighting of the same session adds only the difference. A session that was skipped once
     * is not scored later; but after transactions that are excused by a visit to a primary, or whose recipients do not
     * count, others may count.
     *
     * @param sighting what has been seen of the session
     * @param scoredPoints {@link SightingScore#sessionPoints} of the session's last sighting; 0 if this is the first
     * @param sender the sender before the sighting
     * @param own its score at this node
     */
    public SightingScore score(Sighting sighting, double scoredPoints, Sender sender, SenderScore own) {
        double before = Math.max(0, scoredPoints);
        double points = sighting.isQualifyingConversation() ? pointRules.conversationPoints(sighting.traits()) : 0;
        boolean nothingNew = sighting.caught().isEmpty() && (points <= before || scoredPoints < 0);
        if (nothingNew || points == 0 || scoredPoints == SightingScore.SKIPPED) {
            return new SightingScore(own, scoredPoints, null, List.of());
        }
        IpPrefix address = IpPrefix.hostNetworkOf(sighting.address());
        List<CaughtEnvelopes> counted = attempts.findCounted(address, sighting.caught());
        attempts.holdExcused(address, sighting, counted);
        SkipReason skipReason = findSkipReason(sighting, address, counted);
        if (skipReason == null && scoredPoints == 0 && sighting.notWorstMx()) {
            return new SightingScore(own, SightingScore.WITNESSED, SkipReason.NOT_WORST_MX, List.of());
        }
        if (skipReason == null) {
            SenderScore score =
                    points > before ? pointRules.addPoints(sender, own, points - before, sighting.seenAt()) : own;
            return new SightingScore(score, Math.max(points, before), null, counted);
        }
        double skipped = skipReason == SkipReason.WITNESSED ? SightingScore.WITNESSED : SightingScore.SKIPPED;
        return scoredPoints <= 0
                ? new SightingScore(own, skipped, scoredPoints < 0 ? null : skipReason, List.of())
                : new SightingScore(own, scoredPoints, null, List.of());
    }

    /** Why a session is not scored, whatever the sender did in it; null if it is. */
    private @Nullable SkipReason findSkipReason(Sighting sighting, IpPrefix address, List<CaughtEnvelopes> counted) {
        Instant at = sighting.seenAt();
        if (isExempt(address)) {
            return SkipReason.EXEMPT;
        }
        if (exemptNetworks.isUnanswered(address)) {
            return SkipReason.UNANSWERED;
        }
        if (!exemptNetworks.isComplete()) {
            return SkipReason.SPF_UNKNOWN;
        }
        if (outages.isScoringPaused(at)) {
            return SkipReason.OUTAGE;
        }
        if (primaryVisits.acceptedDays(address).isKnown(trust.rules().settings(), at.getEpochSecond())) {
            return SkipReason.KNOWN;
        }
        return counted.isEmpty() && !sighting.caught().isEmpty() ? SkipReason.WITNESSED : null;
    }

    /** The points of a sender after decay. */
    public double points(Sender sender, Instant at) {
        return pointRules.points(sender, at);
    }

    /**
     * Whether an IPv4 /24 or IPv6 /64 may be listed as a whole: not if any part of it is exempt or cleared, not while a
     * visit of an address at a primary MX is remembered that was not listed itself, and not if mail from it was
     * accepted on as many days as make a sender known.
     */
    public boolean mayAggregate(IpPrefix network, Instant now) {
        return !exemptNetworks.overlaps(network)
                && !primaryVisits.remembersNetwork(network)
                && !primaryVisits.isKnownNetwork(network, trust.rules().settings(), now.getEpochSecond())
                && !trust.hasCleared(network, now.getEpochSecond());
    }

    /** The verdict on a sender. */
    public Verdict evaluate(Sender sender, Instant now) {
        Optional<String> exemptReason = exemptNetworks.findReason(sender.origin());
        if (exemptReason.isPresent()) {
            return new Verdict.NotListed(
                    true, Tier.NONE, List.of("Its address is exempt: " + exemptReason.get() + "."));
        }
        Listing listing = listings.find(sender, now);
        String obstacle = listings.findObstacle(sender, listing, now);
        if (obstacle != null) {
            return explanation(sender, now).explainNotYet(listing, obstacle);
        }
        return listing.tier() != Tier.NONE
                ? explanation(sender, now).explainListed(listing)
                : explanation(sender, now).explainNotListed(primaryVisits.find(sender.origin()));
    }

    /**
     * The verdict on a sender that is neither listed itself nor exempt, but in a listed network.
     *
     * @param network the text form of the network
     */
    public Verdict evaluateNeighbor(Sender sender, String network, Instant since, Instant until, Instant now) {
        boolean byHand = trust.find(sender.origin().neighborhood()).isSetByHand(now.getEpochSecond());
        return explanation(sender, now).explainNeighbor(network, since, until, byHand);
    }

    private Explanation explanation(Sender sender, Instant now) {
        IpPrefix origin = sender.origin();
        boolean seenHere = trust.own(origin).listing().since()
                == trust.find(origin).listing().since();
        return new Explanation(
                settings.threshold(),
                seenHere ? site : site.ofOtherNode(),
                sender,
                points(sender, now),
                sender.findState(trust),
                trust.manual().find(origin),
                now);
    }
}
