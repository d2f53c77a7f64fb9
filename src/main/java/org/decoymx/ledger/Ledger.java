package org.decoymx.ledger;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Ending;

/** Folds sightings into what is known of each sender. One thread at a time folds; any thread may look up. */
public final class Ledger {
    /** Sessions under way whose 451 has been counted; more than connections can be open. */
    private static final int MAX_OPEN = 100_000;

    private final LedgerStore store;
    private final Set<Long> counted = new LinkedHashSet<>();

    Ledger(LedgerStore store) {
        this.store = store;
    }

    /** What is known of a sender; empty when it was never seen. */
    public Optional<Sender> find(Origin origin) {
        return store.find(origin);
    }

    /**
     * Counts sightings and commits the outcome.
     *
     * @return the senders that changed, as they are now
     */
    Collection<Sender> fold(Collection<Sighting> sightings) {
        Map<Origin, Sender> changed = new LinkedHashMap<>();
        for (Sighting sighting : sightings) {
            Origin origin = Origin.of(sighting.address());
            Sender before = changed.get(origin);
            if (before == null) {
                before = store.find(origin).orElseGet(() -> Sender.unknown(origin, sighting.at()));
            }
            changed.put(origin, before.with(sighting, wasCounted(sighting)));
        }
        store.commit(changed.values());
        return changed.values();
    }

    private boolean wasCounted(Sighting sighting) {
        if (sighting.ending() != Ending.OPEN) {
            return counted.remove(sighting.session());
        }
        boolean again = !counted.add(sighting.session());
        if (counted.size() > MAX_OPEN) {
            var eldest = counted.iterator();
            eldest.next();
            eldest.remove();
        }
        return again;
    }
}
