package org.decoymx.ledger;

import java.time.Instant;
import org.decoymx.sighting.Sighting;

/** Scores sessions; the ledger stores the result. */
public interface ScoringPolicy {

    /** The points of a session, as far as it has been seen. */
    SessionScore scoreSession(Sighting sighting);

    /**
     * Adds the points of a session to the score of a sender.
     *
     * @param known the sender before this, with the scores of all nodes
     * @param own the score of this node
     * @param points points to add, more than 0
     * @param at when the session was seen
     * @return the new score of this node
     */
    SenderScore addPoints(Sender known, SenderScore own, double points, Instant at);
}
