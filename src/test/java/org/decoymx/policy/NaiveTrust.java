package org.decoymx.policy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of trust for one sender, written down once more: mutable, without bounds, and with all that is open of each
 * envelope. Times are in seconds.
 */
public final class NaiveTrust {
    static final long MINUTE = 60;
    static final long HOUR = 60 * MINUTE;
    static final long DAY = 24 * HOUR;

    /** An open delivery of one envelope. */
    private static final class Delivery {
        private final int envelope;
        private final boolean bounce;
        private long first;
        private long last;
        private boolean cameBack;
        private boolean taken;
        private boolean perhapsRefused;

        Delivery(int envelope, boolean bounce, long at) {
            this.envelope = envelope;
            this.bounce = bounce;
            this.first = at;
            this.last = at;
        }

        /** The same envelope again, five minutes or more after the first time, five hours or less after the last. */
        boolean isReturn(long at) {
            return at >= first + 5 * MINUTE && at <= last + 5 * HOUR;
        }

        boolean isAbandoned(long at) {
            return !cameBack && !taken && at > last + 12 * HOUR;
        }

        void again(long at) {
            if (at > last + 5 * HOUR) {
                first = at;
                cameBack = false;
                taken = false;
            }
            last = at;
        }
    }

    private final List<Delivery> caught = new ArrayList<>();
    private final List<Delivery> deferred = new ArrayList<>();
    private final Set<Integer> clearedBy = new HashSet<>();
    private long firstCatch = -1;
    private Tier tier = Tier.NONE;
    private long end = -1;
    private int relapses;
    private long lastReturn = -1;
    private long clearedFrom = -1;
    private long clearedTo = -1;
    private boolean gaveUpQueue = true;

    /** The tier at a time. */
    public Tier tier(long at) {
        if (at < clearedTo) {
            return Tier.CLEARED;
        }
        return at < end ? tier : Tier.NONE;
    }

    private static @Nullable Delivery find(List<Delivery> deliveries, int envelope) {
        return deliveries.stream().filter(d -> d.envelope == envelope).findAny().orElse(null);
    }

    private static void forgetOld(List<Delivery> deliveries, long at) {
        deliveries.removeIf(d -> at > d.last + 30 * DAY);
    }

    private void cameBack(long at) {
        lastReturn = at;
        gaveUpQueue = false;
        if (tier == Tier.CONFIRMED) {
            tier = Tier.SUSPECT;
        }
    }

    private boolean threeAbandonedSinceReturn(long at) {
        return caught.stream()
                        .filter(d -> d.isAbandoned(at) && d.first > lastReturn)
                        .count()
                >= 3;
    }

    private void list(Tier newTier, long newEnd) {
        tier = newTier;
        end = newEnd;
    }

    /** A message up to DATA at the decoy. */
    public void caught(long at, int envelope, boolean bounce, boolean enoughPoints, boolean blind) {
        forgetOld(caught, at);
        Delivery known = find(caught, envelope);
        if (known != null && known.isReturn(at)) {
            known.again(at);
            known.cameBack = true;
            cameBack(at);
            return;
        }
        Tier before = tier(at);
        boolean threeAbandoned = !blind && threeAbandonedSinceReturn(at);
        boolean afterPause = known != null && at > known.last + 5 * HOUR;
        boolean notOnlyBounces = caught.stream().anyMatch(d -> d.isAbandoned(at) && !d.bounce);
        boolean oneAbandoned = !blind && caught.stream().anyMatch(d -> d.isAbandoned(at));
        if (known != null) {
            known.again(at);
        } else {
            caught.add(new Delivery(envelope, bounce, at));
        }
        if (before == Tier.CLEARED) {
            caughtWhileCleared(at, threeAbandoned);
        } else if (known == null) {
            boolean queue = !gaveUpQueue && at < lastReturn + 36 * DAY && !(at >= lastReturn + DAY && threeAbandoned);
            boolean confirms = notOnlyBounces && !bounce && enoughPoints;
            caughtNew(at, before, oneAbandoned && !queue, confirms);
        } else if (afterPause && before == Tier.NONE) {
            list(Tier.SUSPECT, at + DAY);
        }
    }

    private void caughtWhileCleared(long at, boolean threeAbandoned) {
        if (at >= clearedFrom + DAY && threeAbandoned) {
            clearedTo = -1;
            clearedBy.clear();
            gaveUpQueue = true;
            lastReturn = -1;
            relapses++;
            list(Tier.SUSPECT, at + DAY);
        }
    }

    private void caughtNew(long at, Tier before, boolean again, boolean confirms) {
        if (firstCatch < 0 || at > Math.max(firstCatch, end) + 30 * DAY) {
            firstCatch = at;
            relapses = 0;
            list(Tier.SUSPECT, at + DAY);
        } else if (again) {
            relapses = Math.min(30, relapses + 1);
            double days = Math.min(30, Math.pow(2, relapses));
            Tier next = confirms || before == Tier.CONFIRMED ? Tier.CONFIRMED : Tier.SUSPECT;
            list(next, Math.max(end, at + (long) (days * DAY)));
        } else if (before == Tier.NONE) {
            list(Tier.SUSPECT, at + DAY);
        }
    }

    private void clear(long at, int envelope, boolean mayBeLong) {
        if (at >= clearedTo) {
            clearedFrom = at;
        }
        if (clearedBy.size() < 3) {
            clearedBy.add(envelope);
        }
        long duration = mayBeLong && clearedBy.size() == 3 ? 36 * DAY : DAY;
        clearedTo = Math.max(clearedTo, at + duration);
        cameBack(at);
        list(Tier.NONE, -1);
    }

    /** A message at a primary. */
    public VisitVerdict visited(long at, int envelope, boolean bounce, VisitResult result, boolean fromNetwork) {
        forgetOld(caught, at);
        forgetOld(deferred, at);
        Delivery known = find(caught, envelope);
        Delivery put = find(deferred, envelope);
        boolean wasReturn = known != null && known.isReturn(at);
        if (known != null && wasReturn) {
            known.again(at);
            known.cameBack = true;
        }
        prove(at, envelope, wasReturn || fromNetwork, put);
        boolean cleared = tier(at) == Tier.CLEARED;
        boolean isFinal = result == VisitResult.ACCEPTED || result == VisitResult.REJECTED;
        boolean notAtOnce = known != null && at >= known.first + 5 * MINUTE;
        if (known != null && (cleared || notAtOnce) && isFinal) {
            caught.remove(known);
        } else if (known != null && (notAtOnce || cleared && result == VisitResult.ASKED)) {
            known.taken = true;
        }
        if (isFinal) {
            deferred.removeIf(d -> d.envelope == envelope);
        }
        VisitVerdict verdict = verdict(at, envelope);
        if (put != null && result == VisitResult.ASKED && verdict == VisitVerdict.DUNNO) {
            put.taken = true;
        }
        boolean isDeferred = result == VisitResult.DEFERRED && verdict != VisitVerdict.DUNNO
                || result == VisitResult.ASKED && verdict == VisitVerdict.DEFER;
        if (isDeferred) {
            Delivery latest = put == null ? new Delivery(envelope, bounce, at) : put;
            latest.again(at);
            latest.perhapsRefused = result == VisitResult.ASKED && tier(at) != Tier.CONFIRMED;
            deferred.remove(latest);
            deferred.add(latest);
        }
        return verdict;
    }

    private void prove(long at, int envelope, boolean returned, @Nullable Delivery put) {
        if (returned && (relapses == 0 || tier(at) == Tier.CLEARED)) {
            clear(at, envelope, true);
            return;
        }
        if (returned) {
            cameBack(at);
        }
        if (put != null && put.isReturn(at)) {
            put.again(at);
            put.cameBack = true;
            if (at >= put.first + HOUR) {
                clear(at, envelope, false);
            } else {
                cameBack(at);
            }
        }
    }

    private VisitVerdict verdict(long at, int envelope) {
        if (!tier(at).isListed()) {
            return VisitVerdict.DUNNO;
        }
        boolean gaveUp = deferred.stream()
                .anyMatch(d -> d.envelope != envelope && !d.bounce && !d.perhapsRefused && d.isAbandoned(at));
        return tier(at) == Tier.CONFIRMED && gaveUp ? VisitVerdict.REJECT : VisitVerdict.DEFER;
    }

    /** A message at a primary, with an envelope of this sender, from elsewhere. */
    void visitedElsewhere(long at, int envelope) {
        for (List<Delivery> memory : List.of(caught, deferred)) {
            Delivery known = find(memory, envelope);
            if (known != null && at >= known.first + 5 * MINUTE) {
                known.taken = true;
            }
        }
    }
}
