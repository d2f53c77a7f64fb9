package org.decoymx.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.Score;
import org.decoymx.ledger.Scoring;
import org.decoymx.ledger.Sender;
import org.decoymx.ledger.Waiver;
import org.decoymx.ledger.Worth;
import org.decoymx.primary.Outage;
import org.decoymx.primary.Witnesses;
import org.decoymx.sighting.Sighting;
import org.decoymx.smtp.protocol.Notes;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;

/**
 * Decides who is listed. A session has points by how far it went with a protected recipient and by its traits; points add
 * up and decay; at the threshold a sender is listed, for longer at each relapse. Whoever is exempt, or was seen at a
 * primary MX before, or comes while a primary is down, gets no points.
 */
public final class Policy implements Scoring {
    /** No proper sender can be made to show these, so they count whoever the recipient is, and without one. */
    private static final Set<Trait> TELLING =
            EnumSet.of(Trait.EARLY_TALKER, Trait.NOT_SMTP, Trait.TALKS_ON, Trait.HELO_OURS);

    /** Foreign recipients never list anybody: a stranger can have a big provider name them. */
    private static final Trait FOREIGN = Trait.RELAY_PROBE;

    private static final int MAX_DOUBLINGS = 30;

    private final Rules rules;
    private final Exempt exempt;
    private final Witnesses witnesses;
    private final Outage outage;

    /**
     * @param exempt who is never listed
     * @param witnesses who was seen at a primary MX
     * @param outage when nothing counts
     */
    public Policy(Rules rules, Exempt exempt, Witnesses witnesses, Outage outage) {
        this.rules = rules;
        this.exempt = exempt;
        this.witnesses = witnesses;
        this.outage = outage;
    }

    /** What it goes by. */
    public Rules rules() {
        return rules;
    }

    /** Whether a sender is listed at a moment: the verdict without its words, as there may be very many. */
    public boolean lists(Sender sender, Instant now) {
        return sender.latest().isListed(now) && !isExempt(sender.origin());
    }

    /** Why a sender is listed that is. */
    public Cause cause(Sender sender) {
        Score latest = sender.latest();
        double points = sender.scores().size() == 1
                ? latest.points()
                : points(sender, Instant.ofEpochSecond(lastScored(sender)));
        return new Cause(points, latest.offences(), sender.conversations(), sender.traits());
    }

    private static long lastScored(Sender sender) {
        return sender.scores().stream().mapToLong(Score::scoredAt).max().orElse(0);
    }

    /** Whether an origin is never listed. */
    public boolean isExempt(Origin origin) {
        return exempt.find(origin).isPresent();
    }

    @Override
    public Worth weigh(Sighting sighting) {
        double points = points(sighting.notes());
        if (points == 0) {
            return Worth.NOTHING;
        }
        Origin origin = Origin.of(sighting.address());
        if (isExempt(origin)) {
            return new Worth(points, Waiver.EXEMPT);
        }
        if (exempt.isUnanswered(origin)) {
            return new Worth(points, Waiver.UNANSWERED);
        }
        if (outage.covers(sighting.at())) {
            return new Worth(points, Waiver.OUTAGE);
        }
        return new Worth(points, witnesses.wasSeenBefore(origin, sighting.at()) ? Waiver.WITNESSED : null);
    }

    private double points(Notes notes) {
        boolean counts = notes.protectedRecipients() > 0;
        double points = counts ? depth(notes.deepest()) : 0;
        for (Trait trait : notes.traits()) {
            if (trait != FOREIGN && (counts || TELLING.contains(trait))) {
                points += rules.weights().traits().getOrDefault(trait, 0.0);
            }
        }
        return points;
    }

    private double depth(Verb deepest) {
        return Verb.DATA.deeperThan(deepest)
                ? rules.weights().rcpt()
                : rules.weights().data();
    }

    @Override
    public Score add(Sender known, Score own, double points, Instant at) {
        double total = points(known, at) + points;
        double left = left(own, at) + points;
        long second = Math.max(own.scoredAt(), at.getEpochSecond());
        int peaks = Peaks.after(own, total, second);
        if (total < rules.threshold()) {
            return new Score(left, second, own.offences(), own.listedSince(), own.listedUntil(), peaks);
        }
        boolean anew = !known.latest().isListed(at);
        int offences = offences(known, at) + (anew ? 1 : 0);
        return new Score(
                left,
                second,
                offences,
                own.isListed(at) ? own.listedSince() : at.getEpochSecond(),
                Math.max(own.listedUntil(), at.plus(time(offences)).getEpochSecond()),
                peaks);
    }

    /** How often a sender was listed before, unless that is forgiven. */
    private int offences(Sender sender, Instant at) {
        int offences = 0;
        long last = 0;
        for (Score score : sender.scores()) {
            offences = Math.max(offences, score.offences());
            last = Math.max(last, Math.max(score.scoredAt(), score.listedUntil()));
        }
        boolean forgiven =
                !Instant.ofEpochSecond(last).plus(rules.forgiveAfter()).isAfter(at);
        return forgiven ? 0 : offences;
    }

    /** How long a sender is listed that is listed for the first, second, third time. */
    private Duration time(int offences) {
        double seconds = rules.ttl().toSeconds() * Math.pow(2, Math.min(MAX_DOUBLINGS, Math.max(0, offences - 1)));
        return Duration.ofSeconds(
                (long) Math.min(seconds, (double) rules.maxTtl().toSeconds()));
    }

    /** The points of a sender that are left at a moment. */
    public double points(Sender sender, Instant at) {
        double points = 0;
        for (Score score : sender.scores()) {
            points += left(score, at);
        }
        return points;
    }

    private double left(Score score, Instant at) {
        double age = Math.max(0, at.getEpochSecond() - score.scoredAt());
        return age == 0
                ? score.points()
                : score.points() * Math.pow(0.5, age / rules.halfLife().toSeconds());
    }

    /** Whether all of a network may be listed in the place of its hosts: not if any of it is exempt, or was seen at a primary. */
    public boolean mayWiden(Network network, Instant now) {
        return !exempt.overlaps(network) && !witnesses.wasNetworkSeenBefore(network.base(), now);
    }

    /** The verdict on a sender at a moment. */
    public Verdict judge(Sender sender, Instant now) {
        Optional<String> name = exempt.find(sender.origin());
        if (name.isPresent()) {
            return exempt(name.get());
        }
        Words words = new Words(rules, sender, points(sender, now));
        return sender.latest().isListed(now) ? words.listed() : words.notListed(witnesses.find(sender.origin()));
    }

    /** The verdict on an address that was never seen. */
    public Verdict judgeUnknown(Origin origin) {
        return exempt.find(origin).map(Policy::exempt).orElse(Verdict.NEVER_SEEN);
    }

    private static Verdict exempt(String name) {
        return new Verdict.NotListed(true, List.of("Its address is exempt: " + name + "."));
    }
}
