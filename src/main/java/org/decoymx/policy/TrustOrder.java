package org.decoymx.policy;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.decoymx.net.EvictionOrder;
import org.decoymx.net.IpPrefix;

/** In which order trust states give way to others; see {@link EvictionOrder}. Not thread-safe. */
final class TrustOrder {
    private final Map<Worth, EvictionOrder<IpPrefix>> orders = new EnumMap<>(Worth.class);

    /** What is lost with a state. */
    enum Worth {
        LITTLE,
        /** It is cleared or confirmed. */
        PROVEN,
        /** It was set by hand. */
        DECIDED;

        /** The worth of a state that was not set by hand. */
        static Worth of(TrustState state, long at) {
            Tier tier = state.tierAt(at);
            return tier == Tier.CLEARED || tier == Tier.CONFIRMED ? PROVEN : LITTLE;
        }
    }

    TrustOrder() {
        for (Worth worth : Worth.values()) {
            orders.put(worth, new EvictionOrder<>());
        }
    }

    private EvictionOrder<IpPrefix> order(Worth worth) {
        return Objects.requireNonNull(orders.get(worth));
    }

    /** Adds a sender as the latest, also if it is known. */
    void place(IpPrefix origin, Worth worth) {
        remove(origin);
        order(worth).add(origin, origin);
    }

    void remove(IpPrefix origin) {
        orders.values().forEach(order -> order.remove(origin, origin));
    }

    boolean contains(IpPrefix origin, Worth worth) {
        return order(worth).contains(origin, origin);
    }

    /**
     * The sender to be forgotten next.
     *
     * @param maxProven with more, one of these goes first: they must leave room for others
     */
    IpPrefix first(int maxProven) {
        boolean tooManyProven = order(Worth.PROVEN).size() > maxProven;
        return Stream.of(tooManyProven ? Worth.PROVEN : Worth.LITTLE, Worth.PROVEN, Worth.DECIDED)
                .map(this::order)
                .filter(order -> order.size() > 0)
                .findFirst()
                .orElseThrow()
                .first();
    }
}
