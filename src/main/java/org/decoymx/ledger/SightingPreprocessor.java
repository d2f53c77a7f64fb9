package org.decoymx.ledger;

import org.decoymx.sighting.Sighting;

/** Is given each sighting before it is counted, to learn more about its sender first. */
public interface SightingPreprocessor {

    /**
     * Learns what there is to be learnt, in bounded time. Sightings of the same sender go on in the order they came.
     *
     * @param sighting what is about to be counted
     * @param count is run once, by any thread; at once when there is nothing to learn
     */
    void prepare(Sighting sighting, Runnable count);
}
