package org.decoymx.policy;

import java.util.Iterator;
import java.util.List;
import org.decoymx.net.IpPrefix;

/** Looks at all own {@link TrustStates} from time to time, some of them at once. Not thread-safe. */
final class TrustSweep {
    private static final long INTERVAL = 600;

    private final TrustStates states;
    private final TrustRules rules;
    private final SenderEvents events;
    private Iterator<IpPrefix> remaining = List.<IpPrefix>of().iterator();
    private long sweptAt;
    private long sweptBefore;

    TrustSweep(TrustStates states, TrustRules rules, SenderEvents events) {
        this.states = states;
        this.rules = rules;
        this.events = events;
    }

    /**
     * Looks at the next {@code max} senders, reports which tiers ended by themselves, and forgets those whose state
     * says no more than no knowledge at all.
     *
     * @param trustedAt the time for forgetting, which no wrong clock can bring forward
     */
    void next(long at, long trustedAt, int max) {
        states.setTime(at);
        if (!remaining.hasNext() && Math.abs(at - sweptAt) >= INTERVAL) {
            remaining = states.origins().iterator();
            // what ended while the decoy was off, or between two times of a clock set back, is not reported
            sweptBefore = sweptAt == 0 ? at : Math.min(sweptAt, at);
            sweptAt = at;
            states.removeExpired(trustedAt);
        }
        for (int i = 0; i < max && remaining.hasNext(); i++) {
            IpPrefix origin = remaining.next();
            TrustState state = states.find(origin);
            TrustChange change = rules.expire(state, sweptBefore, sweptAt);
            if (change.after() == Tier.NONE && !state.isUncaught()) {
                events.recordChange(origin, change);
            }
            TrustState own = states.own(origin);
            if (!own.isUnknown() && own.forgettableAt(rules.settings()) <= trustedAt) {
                states.forget(origin);
            } else {
                states.placeAgain(origin);
            }
        }
    }
}
