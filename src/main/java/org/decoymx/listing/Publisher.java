package org.decoymx.listing;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.decoymx.ledger.Origin;
import org.decoymx.ledger.Sender;
import org.decoymx.listing.Listing.Entry;
import org.decoymx.policy.Policy;
import org.decoymx.policy.Verdict;

/**
 * Makes the listing: judges each sender that changed, drops those whose time is over, and swaps in a new snapshot at
 * most once a second, as each needs a Last-Modified of its own. A sender that is caught again is listed for longer at
 * once, but makes no new snapshot: readers would fetch the same list over and over.
 */
public final class Publisher {
    /** Listed origins at most; beyond, those whose time ends first go early. */
    static final int MAX_LISTED = 100_000;

    private static final Duration CLOCK_SLACK = Duration.ofSeconds(2);

    private final Policy policy;

    /** In the order of their ends, as all are listed for the same time from the moment they are caught. */
    private final Map<Origin, Entry> listed = new LinkedHashMap<>();

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
                list(new Entry(sender.origin(), verdict.since(), verdict.until()));
            } else {
                changed |= listed.remove(sender.origin()) != null;
            }
        }
    }

    /** Lists an origin, or lists it for longer; one whose end stays the same keeps its place in the order of ends. */
    private void list(Entry entry) {
        Entry before = listed.get(entry.origin());
        if (entry.equals(before)) {
            return;
        }
        listed.remove(entry.origin());
        listed.put(entry.origin(), entry);
        changed |= before == null;
        if (listed.size() > MAX_LISTED) {
            removeFirst();
        }
    }

    private void removeFirst() {
        var first = listed.keySet().iterator();
        first.next();
        first.remove();
        changed = true;
    }

    /** The present second; when the clock was set back a second more than the last, as a list that stands still is worse. */
    private Instant nextModified(Instant now) {
        boolean setBack = now.plus(CLOCK_SLACK).isBefore(current.modified());
        return setBack ? current.modified().plusSeconds(1) : now.truncatedTo(ChronoUnit.SECONDS);
    }

    /** Swaps in a new listing when there is something to tell and the last one is of an earlier second. */
    synchronized void publish(Instant now) {
        while (!listed.isEmpty() && !listed.values().iterator().next().until().isAfter(now)) {
            removeFirst();
        }
        Instant second = nextModified(now);
        if (changed && second.isAfter(current.modified())) {
            List<Entry> entries = new ArrayList<>(listed.values());
            entries.sort(Comparator.comparing(Entry::origin));
            current = Listing.at(second, policy.isTrial(), entries);
            changed = false;
        }
    }
}
