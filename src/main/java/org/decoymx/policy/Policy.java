package org.decoymx.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.ScoringPolicy;
import org.decoymx.ledger.Sender;
import org.decoymx.ledger.SenderScore;
import org.decoymx.ledger.SessionScore;
import org.decoymx.ledger.SkipReason;
import org.decoymx.primary.PrimaryMonitor;
import org.decoymx.primary.PrimaryVisits;
import org.decoymx.sighting.Sighting;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;

/**
 * Decides who is listed. A session has points by how far it went with a protected recipient and by its traits; points add
 * up and decay; at the threshold a sender is listed, for longer at each relapse. Whoever is exempt, or was seen at a
 * primary MX before, or comes while a primary is down, gets no points.
 */
public final class Policy implements ScoringPolicy {
    /** No proper sender can be made to show these, so they count whoever the recipient is, and without one. */
    private static final Set<Trait> ALWAYS_COUNTED =
            EnumSet.of(Trait.EARLY_TALKER, Trait.NOT_SMTP, Trait.TALKS_ON, Trait.HELO_OURS);

    /** Foreign recipients never list anybody: a stranger can have a big provider name them. */
    private static final Trait NEVER_COUNTED = Trait.RELAY_PROBE;

    private static final int MAX_DOUBLINGS = 30;

    private final PolicySettings settings;
    private final ExemptNetworks exemptNetworks;
    private final PrimaryVisits primaryVisits;
    private final PrimaryMonitor primaryMonitor;

    /**
     * @param exempt who is never listed
     * @param witnesses who was seen at a primary MX
     * @param outage when nothing counts
     */
    public Policy(PolicySettings rules, ExemptNetworks exempt, PrimaryVisits witnesses, PrimaryMonitor outage) {
        this.settings = rules;
        this.exemptNetworks = exempt;
        this.primaryVisits = witnesses;
        this.primaryMonitor = outage;
    }

    /** What it goes by. */
    public PolicySettings settings() {
        return settings;
    }

    /** Whether a sender is listed at a moment: the verdict without its words, as there may be very many. */
    public boolean isListed(Sender sender, Instant now) {
        return sender.latestScore().isListed(now) && !isExempt(sender.origin());
    }

    /** Why a sender is listed that is. */
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
    public boolean isExempt(Origin origin) {
        return exemptNetworks.findReason(origin).isPresent();
    }

    @Override
    public SessionScore scoreSession(Sighting sighting) {
        double points = points(sighting.facts());
        if (points == 0) {
            return SessionScore.ZERO;
        }
        Origin origin = Origin.of(sighting.address());
        if (isExempt(origin)) {
            return new SessionScore(points, SkipReason.EXEMPT);
        }
        if (exemptNetworks.isUnanswered(origin)) {
            return new SessionScore(points, SkipReason.UNANSWERED);
        }
        if (primaryMonitor.isScoringPaused(sighting.seenAt())) {
            return new SessionScore(points, SkipReason.OUTAGE);
        }
        return new SessionScore(
                points, primaryVisits.wasSeenBefore(origin, sighting.seenAt()) ? SkipReason.WITNESSED : null);
    }

    private double points(SessionFacts notes) {
        boolean counts = notes.protectedRecipients() > 0;
        double points = counts ? depthPoints(notes.deepestVerb()) : 0;
        for (Trait trait : notes.traits()) {
            if (trait != NEVER_COUNTED && (counts || ALWAYS_COUNTED.contains(trait))) {
                points += settings.weights().traits().getOrDefault(trait, 0.0);
            }
        }
        return points;
    }

    private double depthPoints(Verb deepest) {
        return Verb.DATA.isDeeperThan(deepest)
                ? settings.weights().rcpt()
                : settings.weights().data();
    }

    @Override
    public SenderScore addPoints(Sender known, SenderScore own, double points, Instant at) {
        double total = points(known, at) + points;
        double left = decayedPoints(own, at) + points;
        long second = Math.max(own.scoredAt(), at.getEpochSecond());
        int peaks = DailyPeaks.update(own, total, second);
        if (total < settings.threshold()) {
            return new SenderScore(left, second, own.offences(), own.listedSince(), own.listedUntil(), peaks);
        }
        boolean anew = !known.latestScore().isListed(at);
        int offences = countOffences(known, at) + (anew ? 1 : 0);
        return new SenderScore(
                left,
                second,
                offences,
                own.isListed(at) ? own.listedSince() : at.getEpochSecond(),
                Math.max(own.listedUntil(), at.plus(listingDuration(offences)).getEpochSecond()),
                peaks);
    }

    /** How often a sender was listed before, unless that is forgiven. */
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

    /** How long a sender is listed that is listed for the first, second, third time. */
    private Duration listingDuration(int offences) {
        double seconds = settings.ttl().toSeconds() * Math.pow(2, Math.min(MAX_DOUBLINGS, Math.max(0, offences - 1)));
        return Duration.ofSeconds(
                (long) Math.min(seconds, (double) settings.maxTtl().toSeconds()));
    }

    /** The points of a sender that are left at a moment. */
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

    /** Whether all of a network may be listed in the place of its hosts: not if any of it is exempt, or was seen at a primary. */
    public boolean mayAggregate(IpNetwork network, Instant now) {
        return !exemptNetworks.overlaps(network) && !primaryVisits.wasNetworkSeenBefore(network.base(), now);
    }

    /** The verdict on a sender at a moment. */
    public Verdict evaluate(Sender sender, Instant now) {
        Optional<String> name = exemptNetworks.findReason(sender.origin());
        if (name.isPresent()) {
            return exemptVerdict(name.get());
        }
        Explanation words = new Explanation(settings, sender, points(sender, now));
        return sender.latestScore().isListed(now)
                ? words.explainListed()
                : words.explainNotListed(primaryVisits.find(sender.origin()));
    }

    /** The verdict on an address that was never seen. */
    public Verdict evaluateUnknown(Origin origin) {
        return exemptNetworks.findReason(origin).map(Policy::exemptVerdict).orElse(Verdict.NEVER_SEEN);
    }

    private static Verdict exemptVerdict(String name) {
        return new Verdict.NotListed(true, List.of("Its address is exempt: " + name + "."));
    }
}
