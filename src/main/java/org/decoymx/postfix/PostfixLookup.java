package org.decoymx.postfix;

import io.netty.util.NetUtil;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.RejectMessage;
import org.decoymx.ledger.Origin;

/** What is to be done with a client, by the list; counts what it is asked. */
public final class PostfixLookup {
    private final PostfixAction action;
    private final RejectMessage rejectMessage;
    private final LongAdder listedCount = new LongAdder();
    private final LongAdder unlistedCount = new LongAdder();

    PostfixLookup(PostfixAction action, RejectMessage citation) {
        this.action = action;
        this.rejectMessage = citation;
    }

    /**
     * The action for a client, as access(5) has it; nothing when it is not listed, or is no address.
     *
     * @param client its address, or whatever was asked for
     */
    Optional<String> action(String client, Blocklist listing) {
        return Origin.parse(client).flatMap(origin -> action(origin, client, listing));
    }

    private Optional<String> action(Origin origin, String client, Blocklist listing) {
        Optional<Blocklist.BlocklistEntry> entry = listing.findEntry(origin);
        (entry.isPresent() ? listedCount : unlistedCount).increment();
        return entry.map(found ->
                action.withReason(rejectMessage.format(canonicalAddress(origin, client), found, listing.mode())));
    }

    private static String canonicalAddress(Origin origin, String client) {
        return origin.v6()
                ? NetUtil.toAddressString(NetUtil.createInetAddressFromIpAddressString(client))
                : origin.toString();
    }

    /** What a listed client is answered with. */
    PostfixAction action() {
        return action;
    }

    /** How often somebody listed was asked for. */
    public long listedCount() {
        return listedCount.sum();
    }

    /** How often somebody not listed was asked for. */
    public long unlistedCount() {
        return unlistedCount.sum();
    }
}
