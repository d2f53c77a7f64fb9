package org.decoymx.ledger;

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.Policy;
import org.decoymx.policy.Sender;

/** The senders whose first listing waits until the primary MX is known to be up. Thread-safe. */
final class WaitingSenders {
    private static final int MAX_SENDERS = 10_000;

    private final Policy policy;
    private final Set<IpPrefix> origins = new LinkedHashSet<>();
    private boolean forgotten;

    WaitingSenders(Policy policy) {
        this.policy = policy;
    }

    /** Adds or removes senders that have changed. */
    synchronized void update(Collection<Sender> senders, Instant now) {
        for (Sender sender : senders) {
            if (!policy.registerIfWaiting(sender, now)) {
                origins.remove(sender.origin());
            } else if (origins.size() < MAX_SENDERS) {
                origins.add(sender.origin());
            } else {
                forgotten = true;
            }
        }
    }

    /** Whether there were too many since the last call, so that all listed senders must be evaluated again. */
    synchronized boolean hasForgotten() {
        boolean result = forgotten;
        forgotten = false;
        return result;
    }

    /** Takes all of them, to be evaluated again. */
    synchronized List<IpPrefix> take() {
        List<IpPrefix> taken = List.copyOf(origins);
        origins.clear();
        return taken;
    }
}
