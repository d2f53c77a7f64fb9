package org.decoymx.postfix;

import io.netty.util.NetUtil;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.blocklist.Citation;
import org.decoymx.blocklist.Listing;
import org.decoymx.ledger.Origin;

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
     * The action for a client, as access(5) has it; nothing when it is not listed, or is no address.
     *
     * @param client its address, or whatever was asked for
     */
    Optional<String> action(String client, Listing listing) {
        return Origin.parse(client).flatMap(origin -> action(origin, client, listing));
    }

    private Optional<String> action(Origin origin, String client, Listing listing) {
        Optional<Listing.Entry> entry = listing.find(origin);
        (entry.isPresent() ? listed : unlisted).increment();
        return entry.map(found -> action.of(citation.of(canonical(origin, client), found, listing.mode())));
    }

    private static String canonical(Origin origin, String client) {
        return origin.v6()
                ? NetUtil.toAddressString(NetUtil.createInetAddressFromIpAddressString(client))
                : origin.toString();
    }

    /** What a listed client is answered with. */
    Action action() {
        return action;
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
