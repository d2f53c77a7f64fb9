package org.decoymx.lookup;

import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.ledger.Origin;
import org.decoymx.listing.Citation;
import org.decoymx.listing.Listing;

/** What is to be done with a client, by the list; counts what it is asked. */
public final class Lookup {
    private final Action action;
    private final Citation citation;
    private final LongAdder listed = new LongAdder();
    private final LongAdder unlisted = new LongAdder();

    Lookup(Action action, Citation citation) {
        this.action = action;
        this.citation = citation;
    }

    /**
     * The action for a client, as access(5) has it; nothing when it is not listed.
     *
     * @param address the address of the origin as the client has it
     */
    Optional<String> action(Origin origin, String address, Listing listing) {
        Optional<Listing.Entry> entry = listing.find(origin);
        (entry.isPresent() ? listed : unlisted).increment();
        return entry.map(found -> action.of(citation.of(address, found, listing.mode())));
    }

    /** How often somebody listed was asked for. */
    public long listed() {
        return listed.sum();
    }

    /** How often somebody not listed was asked for. */
    public long unlisted() {
        return unlisted.sum();
    }
}
