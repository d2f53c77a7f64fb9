package org.decoymx.ledger;

import org.decoymx.sighting.Sighting;

/** What a session weighs: the policy decides it when the session is counted, and the ledger keeps the outcome. */
@FunctionalInterface
public interface Scoring {

    /**
     * The score after one session more.
     *
     * @param known what all nodes know of the sender, without this session
     * @param own this node's part of its score
     * @param sighting the session
     * @return this node's new part
     */
    Score score(Sender known, Score own, Sighting sighting);
}
