package org.decoymx.blocklist;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.Score;
import org.decoymx.ledger.Sender;
import org.decoymx.policy.Cause;
import org.decoymx.policy.Exempt;
import org.decoymx.policy.Mode;
import org.decoymx.policy.Policies;
import org.decoymx.policy.Policy;
import org.decoymx.policy.Rules;

/** Publishers for tests, and what the bean does with them. */
public final class Publishers {
    private Publishers() {}

    /**
     * A publisher that goes by the default numbers.
     *
     * @param widenAt on how many listed addresses a /24 is listed; 0 for never
     */
    public static Publisher of(Mode mode, int widenAt, Exempt exempt, Instant now) {
        return new Publisher(policy(mode, widenAt, exempt), now);
    }

    static Policy policy(Mode mode, int widenAt, Exempt exempt) {
        Rules rules = Policies.rules(mode, Duration.ofHours(1));
        return Policies.of(
                new Rules(
                        mode,
                        rules.threshold(),
                        rules.halfLife(),
                        rules.ttl(),
                        rules.maxTtl(),
                        rules.forgiveAfter(),
                        widenAt,
                        rules.weights()),
                exempt);
    }

    /** A sender that is listed from one second to another. */
    public static Sender sender(Origin origin, long since, long until) {
        Instant seen = Instant.ofEpochSecond(since);
        return new Sender(
                origin, seen, seen, 1, 1, Set.of(), Set.of(), List.of(new Score(10, since, 1, since, until, 0)));
    }

    /** What an entry says why it is listed, as a number. */
    public static long why(Cause cause) {
        return Reasons.of(cause);
    }

    /** The ledger tells of senders. */
    public static void judge(Publisher publisher, Collection<Sender> senders, Instant now) {
        publisher.judge(senders, now);
    }

    /** The publisher's turn comes. */
    public static void publish(Publisher publisher, Instant now) {
        publisher.publish(now);
    }
}
