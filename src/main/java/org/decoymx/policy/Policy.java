package org.decoymx.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.Score;
import org.decoymx.ledger.Scoring;
import org.decoymx.ledger.Sender;
import org.decoymx.primary.Outage;
import org.decoymx.primary.Witnesses;
import org.decoymx.sighting.Sighting;

/**
 * Decides who is listed. One complete conversation, up to DATA, for a protected recipient lists a sender for a time;
 * an exempt sender is never listed.
 */
public final class Policy implements Scoring {
    private static final double THRESHOLD = 10;
    private static final double CONVERSATION = 10;
    private static final Duration HALF_LIFE = Duration.ofHours(24);

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
        return sender.latest().isListed(now) && exemption(sender.origin()).isEmpty();
    }

    /** Whether all of a network may be listed in the place of its hosts: not if any of it is exempt, or was seen at a primary. */
    public boolean mayWiden(Network network, Instant now) {
        return !exempt.overlaps(network) && !witnesses.wasSeenBefore(network.base(), now);
    }

    /** The verdict on a sender at a moment. */
    public Verdict judge(Sender sender, Instant now) {
        Optional<Verdict> exemption = exemption(sender.origin());
        if (exemption.isPresent()) {
            return exemption.get();
        }
        Score score = sender.latest();
        if (score.listedUntil() == 0) {
            return new Verdict.NotListed("It never completed a conversation for a protected recipient.");
        }
        if (!score.isListed(now)) {
            return new Verdict.NotListed("It was caught at " + Instant.ofEpochSecond(score.scoredAt())
                    + ", and its time on the list is over.");
        }
        return new Verdict.Listed(
                Instant.ofEpochSecond(score.listedSince()),
                Instant.ofEpochSecond(score.listedUntil()),
                reasons(sender, Instant.ofEpochSecond(score.scoredAt())));
    }

    /**
     * One complete conversation is worth the threshold; points halve in a day. At the threshold a sender is listed, or,
     * when it is listed already, for longer. An exempt sender gets no points.
     */
    @Override
    public Score score(Sender known, Score own, Sighting sighting) {
        if (!sighting.isCaught()
                || exemption(known.origin()).isPresent()
                || outage.covers(sighting.at())
                || witnesses.wasSeenBefore(known.origin(), sighting.at())) {
            return own;
        }
        Instant at = sighting.at();
        double points = left(own, at) + CONVERSATION;
        double total = CONVERSATION
                + known.scores().stream().mapToDouble(score -> left(score, at)).sum();
        if (total < THRESHOLD) {
            return new Score(points, at.getEpochSecond(), own.offences(), own.listedSince(), own.listedUntil());
        }
        boolean anew = !known.latest().isListed(at);
        return new Score(
                points,
                at.getEpochSecond(),
                own.offences() + (anew ? 1 : 0),
                own.isListed(at) ? own.listedSince() : at.getEpochSecond(),
                Math.max(own.listedUntil(), at.plus(rules.ttl()).getEpochSecond()));
    }

    /** The points of a score that are left at a moment. */
    private static double left(Score score, Instant at) {
        double age = Math.max(0, at.getEpochSecond() - score.scoredAt());
        return score.points() * Math.pow(0.5, age / HALF_LIFE.toSeconds());
    }

    /** The verdict on an address that was never seen. */
    public Verdict judgeUnknown(Origin origin) {
        return exemption(origin).orElseGet(() -> new Verdict.NotListed("It was never seen here."));
    }

    private Optional<Verdict> exemption(Origin origin) {
        return exempt.find(origin).map(name -> new Verdict.NotListed("Its address is exempt: " + name + "."));
    }

    private static List<String> reasons(Sender sender, Instant caught) {
        List<String> reasons = new ArrayList<>();
        reasons.add("It came to the decoy MX and completed a conversation for a protected recipient, last at " + caught
                + ", " + sender.conversations() + " in all.");
        if (!sender.traits().isEmpty()) {
            reasons.add(sender.traits().stream()
                    .map(trait -> "it " + trait.words())
                    .collect(Collectors.joining(", ", "Also noted: ", ".")));
        }
        return reasons;
    }
}
