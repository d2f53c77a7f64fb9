package org.decoymx.policy;

import java.util.HashMap;
import java.util.Map;
import org.decoymx.net.EvictionOrder;
import org.decoymx.net.IpPrefix;
import org.decoymx.sighting.CaughtEnvelopes;
import org.decoymx.sighting.Sighting;
import org.jspecify.annotations.Nullable;

/**
 * Catches that are excused, perhaps only because nobody knows yet what became of the message at the primary: when its
 * log says that it was accepted, they count after all. The latest 5,000 envelopes, in about 5 MB; of more, those that
 * its {@link EvictionOrder} names are dropped. Thread-safe.
 */
final class UndecidedCatches {
    private static final int MAX_ENVELOPES = 5_000;

    private final Map<Long, Held> byEnvelope = new HashMap<>();
    private final EvictionOrder<Long> order = new EvictionOrder<>();

    /** A sighting with one refused transaction. */
    record Held(IpPrefix sender, Sighting sighting) {

        CaughtEnvelopes transaction() {
            return sighting.caught().get(0);
        }
    }

    /** Adds a sighting with one refused transaction. */
    synchronized void add(IpPrefix sender, Sighting sighting) {
        Held held = new Held(sender, sighting);
        for (long envelope : held.transaction().hashes()) {
            forget(envelope);
            byEnvelope.put(envelope, held);
            order.add(sender, envelope);
        }
        while (order.size() > MAX_ENVELOPES) {
            forget(order.first());
        }
    }

    private void forget(long envelope) {
        Held held = byEnvelope.remove(envelope);
        if (held != null) {
            order.remove(held.sender(), envelope);
        }
    }

    /** The latest catch with an envelope. */
    @Nullable
    synchronized Held find(long envelope) {
        return byEnvelope.get(envelope);
    }

    synchronized void remove(Held held) {
        for (long envelope : held.transaction().hashes()) {
            if (held.equals(byEnvelope.get(envelope))) {
                forget(envelope);
            }
        }
    }
}
