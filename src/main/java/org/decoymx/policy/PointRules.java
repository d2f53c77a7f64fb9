package org.decoymx.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.Set;
import org.decoymx.smtp.protocol.Trait;

/** How many points a session gives, how they add up and decay, and how long a sender is listed for them. */
final class PointRules {
    /** Foreign recipients are never scored: anyone can make a large provider name them by publishing an MX record. */
    private static final Trait NEVER_SCORED = Trait.RELAY_PROBE;

    private static final int MAX_DOUBLINGS = 30;

    private final PolicySettings settings;

    PointRules(PolicySettings settings) {
        this.settings = settings;
    }

    /** The points of a session with these traits that reached DATA or BDAT for a protected recipient. */
    double conversationPoints(Set<Trait> traits) {
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

    /**
     * When the points of several nodes together reached the threshold, although none of them found that out, because
     * they were caught at about the same time. Depends only on what the nodes have in common.
     */
    OptionalLong findCrossing(Sender sender, TrustIndex trust) {
        long at = sender.lastScoredAt();
        Instant then = Instant.ofEpochSecond(at);
        if (sender.scores().size() < 2
                || points(sender, then) < settings.threshold()
                || sender.scores().stream().anyMatch(score -> score.isListed(then))) {
            return OptionalLong.empty();
        }
        TrustState state = trust.find(sender.origin());
        boolean excused = state.tierAt(at) != Tier.NONE
                || state.proof().clearedSince() >= at
                || trust.manual().isForgotten(sender.origin(), at);
        return excused ? OptionalLong.empty() : OptionalLong.of(at);
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
        // an import may have any number, and one more must not overflow
        return forgiven ? 0 : Math.min(offences, Integer.MAX_VALUE - 1);
    }

    /** The duration of the first, second, third listing of a sender. */
    private Duration listingDuration(int offences) {
        double seconds = settings.ttl().toSeconds() * Math.pow(2, Math.min(MAX_DOUBLINGS, Math.max(0, offences - 1)));
        return Duration.ofSeconds(
                (long) Math.min(seconds, (double) settings.maxTtl().toSeconds()));
    }

    /** The points of a sender after decay. */
    double points(Sender sender, Instant at) {
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
}
