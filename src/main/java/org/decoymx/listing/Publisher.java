package org.decoymx.listing;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.Sender;
import org.decoymx.listing.Listing.Entry;
import org.decoymx.policy.Policy;
import org.decoymx.policy.Verdict;

/**
 * Makes the listing: judges each sender that changed, drops those whose time is over, and swaps in a new snapshot at
 * most once a second, as each needs a Last-Modified of its own.
 */
public final class Publisher {
    private final Policy policy;
    private final Map<Origin, Verdict.Listed> listed = new TreeMap<>();
    private Instant nextEnd = Instant.MAX;
    private boolean changed;
    private volatile Listing current;

    /**
     * @param now the start, when the listing is empty
     */
    public Publisher(Policy policy, Instant now) {
        this.policy = policy;
        current = Listing.at(now.truncatedTo(ChronoUnit.SECONDS), policy.isTrial(), List.of());
    }

    /** The listing as it stands. */
    public Listing current() {
        return current;
    }

    /** Judges senders that have changed; what comes of it shows with the next {@link #publish}. */
    synchronized void judge(Collection<Sender> senders, Instant now) {
        for (Sender sender : senders) {
            if (policy.judge(sender, now) instanceof Verdict.Listed verdict) {
                nextEnd = verdict.until().isBefore(nextEnd) ? verdict.until() : nextEnd;
                changed |= !verdict.equals(listed.put(sender.origin(), verdict));
            } else {
                changed |= listed.remove(sender.origin()) != null;
            }
        }
    }

    /** Swaps in a new listing when there is something to tell and the last one is of an earlier second. */
    synchronized void publish(Instant now) {
        if (!now.isBefore(nextEnd)) {
            changed |= listed.values().removeIf(verdict -> !now.isBefore(verdict.until()));
            nextEnd = listed.values().stream()
                    .map(Verdict.Listed::until)
                    .min(Instant::compareTo)
                    .orElse(Instant.MAX);
        }
        Instant second = now.truncatedTo(ChronoUnit.SECONDS);
        if (changed && second.isAfter(current.modified())) {
            List<Entry> entries = new ArrayList<>(listed.size());
            listed.forEach((origin, verdict) -> entries.add(new Entry(origin, verdict)));
            current = Listing.at(second, policy.isTrial(), entries);
            changed = false;
        }
    }
}
