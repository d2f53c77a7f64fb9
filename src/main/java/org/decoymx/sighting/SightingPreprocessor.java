package org.decoymx.sighting;

import java.util.function.Consumer;

/** Processes each sighting before it is scored, for example looks its sender up in an allowlist. */
public interface SightingPreprocessor {

    /**
     * Prepares the scoring of a sighting, in bounded time. Keeps the order of the sightings of a sender.
     *
     * @param sighting the sighting to score
     * @param next continues with the sighting, or with what is left of it; called once, on any thread, immediately if
     *     there is nothing to prepare
     */
    void prepare(Sighting sighting, Consumer<Sighting> next);
}
