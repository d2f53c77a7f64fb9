package org.decoymx.postfix;

import io.netty.util.NetUtil;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.RejectMessage;
import org.decoymx.ledger.Origin;

/** Finds the Postfix action for a client in the blocklist, and counts the lookups. */
public final class PostfixLookup {
    private final PostfixAction action;
    private final RejectMessage rejectMessage;
    private final LongAdder listedCount = new LongAdder();
    private final LongAdder unlistedCount = new LongAdder();

    PostfixLookup(PostfixAction action, RejectMessage rejectMessage) {
        this.action = action;
        this.rejectMessage = rejectMessage;
    }

    /**
     * The action for a client in the syntax of access(5); empty if it is not listed or not an address.
     *
     * @param client its address, or any other lookup key
     */
    Optional<String> findAction(String client, Blocklist blocklist) {
        return Origin.parse(client).flatMap(origin -> findAction(origin, client, blocklist));
    }

    private Optional<String> findAction(Origin origin, String client, Blocklist blocklist) {
        Optional<Blocklist.BlocklistEntry> entry = blocklist.findEntry(origin);
        (entry.isPresent() ? listedCount : unlistedCount).increment();
        return entry.map(found ->
                action.withReason(rejectMessage.format(canonicalAddress(origin, client), found, blocklist.mode())));
    }

    private static String canonicalAddress(Origin origin, String client) {
        return origin.v6()
                ? NetUtil.toAddressString(NetUtil.createInetAddressFromIpAddressString(client))
                : origin.toString();
    }

    PostfixAction configuredAction() {
        return action;
    }

    /** The number of lookups of listed clients. */
    public long listedCount() {
        return listedCount.sum();
    }

    /** The number of lookups of clients that are not listed. */
    public long unlistedCount() {
        return unlistedCount.sum();
    }
}
