package org.decoymx.postfix;

import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.RejectMessage;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;

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
        return IpText.parseAddress(client).flatMap(address -> findAction(address, blocklist));
    }

    private Optional<String> findAction(IpPrefix address, Blocklist blocklist) {
        Optional<Blocklist.BlocklistEntry> entry = blocklist.findEntry(address);
        (entry.isPresent() ? listedCount : unlistedCount).increment();
        return entry.map(found -> action.withReason(rejectMessage.format(address.toString(), found, blocklist.mode())));
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
