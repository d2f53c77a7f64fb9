package org.decoymx.ledger;

import java.time.Instant;
import org.decoymx.sighting.Sighting;

/** What sessions weigh: the policy decides it when a session is counted, and the ledger keeps the outcome. */
public interface ScoringPolicy {

    /** What is against the sender by all that has been seen of one session. */
    SessionScore scoreSession(Sighting sighting);

    /**
     * The score after a session more, or after more of a session.
     *
     * @param known what all nodes know of the sender, before that
     * @param own this node's part of its score
     * @param points what the session adds, more than 0
     * @param at when it was seen
     * @return this node's new part
     */
    SenderScore addPoints(Sender known, SenderScore own, double points, Instant at);
}
