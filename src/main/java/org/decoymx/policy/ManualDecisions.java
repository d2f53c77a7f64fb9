package org.decoymx.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.decoymx.net.IpPrefix;
import org.jspecify.annotations.Nullable;

/**
 * What was decided by hand, and why: the latest {@link #MAX_DECISIONS} by their times, so that nodes that know the same
 * decisions keep the same. Thread-safe.
 */
public final class ManualDecisions {
    /** Maximum number of senders. */
    public static final int MAX_DECISIONS = 10_000;

    private static final Comparator<DecisionOrder> EARLIEST = Comparator.comparingLong(DecisionOrder::at)
            .thenComparing(DecisionOrder::who)
            .thenComparing(DecisionOrder::origin);

    private final Map<IpPrefix, ManualDecision> decisions = new HashMap<>();
    /** The oldest comes first. */
    private final NavigableSet<DecisionOrder> byTime = new TreeSet<>(EARLIEST);

    private final Set<IpPrefix> changed = new LinkedHashSet<>();

    private record DecisionOrder(long at, String who, IpPrefix origin) {
        static DecisionOrder of(IpPrefix origin, ManualDecision decision) {
            return new DecisionOrder(decision.at(), decision.who(), origin);
        }
    }

    /**
     * A decision to be written.
     *
     * @param decision null if it is to be deleted
     */
    public record ManualEntry(IpPrefix origin, @Nullable ManualDecision decision) {}

    /** The latest decision about a sender; null if there is none. */
    public synchronized @Nullable ManualDecision find(IpPrefix origin) {
        return decisions.get(origin);
    }

    /** Whether there is no room for a decision, because all others are later. */
    public synchronized boolean isTooOld(IpPrefix origin, ManualDecision decision) {
        return decisions.size() >= MAX_DECISIONS
                && !decisions.containsKey(origin)
                && EARLIEST.compare(DecisionOrder.of(origin, decision), byTime.first()) < 0;
    }

    /** Whether a sender was forgotten after a time, so that what happened before it does not count. */
    public synchronized boolean isForgotten(IpPrefix origin, long at) {
        ManualDecision decision = decisions.get(origin);
        return decision != null && decision.isForgotten() && at <= decision.at();
    }

    /** Whether a sender is in a tier that was set by hand, or was. */
    synchronized boolean hasTier(IpPrefix origin) {
        ManualDecision decision = decisions.get(origin);
        return decision != null && !decision.isForgotten();
    }

    /** Adds a decision, or replaces the one about the same sender. */
    synchronized void put(IpPrefix origin, ManualDecision decision) {
        load(origin, decision);
        changed.add(origin);
    }

    /** Adds a decision that is on disk. */
    public synchronized void load(IpPrefix origin, ManualDecision decision) {
        ManualDecision before = decisions.put(origin, decision);
        if (before != null) {
            byTime.remove(DecisionOrder.of(origin, before));
        }
        byTime.add(DecisionOrder.of(origin, decision));
        if (decisions.size() > MAX_DECISIONS) {
            remove(byTime.first().origin());
        }
    }

    /** Deletes the decision about a sender. */
    public synchronized void remove(IpPrefix origin) {
        ManualDecision removed = decisions.remove(origin);
        if (removed != null) {
            byTime.remove(DecisionOrder.of(origin, removed));
            changed.add(origin);
        }
    }

    /** Corrects times that were recorded while the clock was ahead. */
    public synchronized void limitTimes(TimeLimit limit) {
        decisions.replaceAll((origin, decision) -> {
            ManualDecision limited = limit.apply(decision);
            if (!limited.equals(decision)) {
                changed.add(origin);
            }
            return limited;
        });
        byTime.clear();
        decisions.forEach((origin, decision) -> byTime.add(DecisionOrder.of(origin, decision)));
    }

    /** The senders with a text in the reason, in any case. */
    public synchronized Set<IpPrefix> search(String text) {
        String wanted = text.toLowerCase(Locale.ROOT);
        Set<IpPrefix> found = new HashSet<>();
        decisions.forEach((origin, decision) -> {
            if (decision.reason().toLowerCase(Locale.ROOT).contains(wanted)) {
                found.add(origin);
            }
        });
        return found;
    }

    /** Takes the changes to be written. */
    public synchronized List<ManualEntry> takeChanges() {
        List<ManualEntry> taken = new ArrayList<>(changed.size());
        for (Iterator<IpPrefix> origins = changed.iterator(); origins.hasNext(); origins.remove()) {
            IpPrefix origin = origins.next();
            taken.add(new ManualEntry(origin, decisions.get(origin)));
        }
        return taken;
    }

    /** Puts changes back that could not be written. */
    public synchronized void restoreChanges(List<ManualEntry> entries) {
        entries.forEach(entry -> changed.add(entry.origin()));
    }

    /** All decisions. */
    public synchronized List<ManualEntry> entries() {
        return decisions.entrySet().stream()
                .map(entry -> new ManualEntry(entry.getKey(), entry.getValue()))
                .toList();
    }
}
