package org.decoymx.policy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.decoymx.net.IpPrefix;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.Sighting;
import org.jspecify.annotations.Nullable;

/**
 * Catches that are excused, perhaps only because nobody knows yet what became of the message at the primary: when its
 * log says that it was accepted, they count after all. The latest 5,000 envelopes, in about 5 MB. Not thread-safe.
 */
final class UndecidedCatches {
    private static final int MAX_ENVELOPES = 5_000;

    private final Map<Long, Held> byEnvelope = new LinkedHashMap<>();

    /** A sighting with one refused transaction. */
    record Held(IpPrefix sender, Sighting sighting) {

        CaughtEnvelopes transaction() {
            return sighting.caught().get(0);
        }
    }

    /** Adds a sighting with one refused transaction. */
    void add(IpPrefix sender, Sighting sighting) {
        Held held = new Held(sender, sighting);
        for (long envelope : held.transaction().hashes()) {
            byEnvelope.remove(envelope);
            byEnvelope.put(envelope, held);
        }
        while (byEnvelope.size() > MAX_ENVELOPES) {
            byEnvelope.remove(byEnvelope.keySet().iterator().next());
        }
    }

    /** The latest catch with an envelope. */
    @Nullable
    Held find(long envelope) {
        return byEnvelope.get(envelope);
    }

    void remove(Held held) {
        for (long envelope : held.transaction().hashes()) {
            byEnvelope.remove(envelope, held);
        }
    }
}
