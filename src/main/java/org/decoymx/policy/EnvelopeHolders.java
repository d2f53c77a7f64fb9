package org.decoymx.policy;

import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.NetworkCounts;
import org.jspecify.annotations.Nullable;

/**
 * Which senders have an envelope that the decoy put off: a pool of servers may deliver it from another address. Of each
 * envelope it finds 32 senders; of more, the oldest of the IPv4 /16 or IPv6 /48 with the most is dropped, so that
 * nobody can push out a pool whose envelope is known. Not thread-safe.
 */
final class EnvelopeHolders {
    private static final int MAX_OF_ENVELOPE = 32;

    private final Long2ObjectOpenHashMap<Holder> holders = new Long2ObjectOpenHashMap<>();

    /** The latest holder first. Smaller than a list, as most envelopes have one sender. */
    private record Holder(IpPrefix origin, @Nullable Holder next) {

        static @Nullable Holder without(@Nullable Holder chain, IpPrefix origin) {
            if (chain == null) {
                return null;
            }
            Holder rest = without(chain.next, origin);
            return chain.origin.equals(origin) ? rest : new Holder(chain.origin, rest);
        }
    }

    /** Whether two clients may share a queue: in the same IPv4 /24 or IPv6 /64. */
    static boolean isSameNetwork(IpPrefix one, IpPrefix other) {
        return one.neighborhood().equals(other.neighborhood());
    }

    /** The senders that have an envelope, the latest first. */
    List<IpPrefix> find(long hash) {
        Holder first = holders.get(hash);
        if (first == null) {
            return List.of();
        }
        List<IpPrefix> found = new ArrayList<>();
        for (Holder holder = first; holder != null; holder = holder.next()) {
            found.add(holder.origin());
        }
        return found;
    }

    /** Replaces the envelopes of a sender, those that the decoy put off and those that a primary put off. */
    void replace(IpPrefix origin, TrustState before, TrustState after) {
        if (after.caught().equals(before.caught()) && after.deferred().equals(before.deferred())) {
            return;
        }
        removeMissing(origin, before.caught(), after);
        removeMissing(origin, before.deferred(), after);
        addMissing(origin, after.caught(), before);
        addMissing(origin, after.deferred(), before);
    }

    private static boolean has(TrustState state, long hash) {
        return state.caught().find(hash) != null || state.deferred().find(hash) != null;
    }

    private void removeMissing(IpPrefix origin, EnvelopeMemory before, TrustState after) {
        for (RememberedEnvelope envelope : before.entries()) {
            if (!has(after, envelope.hash())) {
                Holder rest = Holder.without(holders.get(envelope.hash()), origin);
                if (rest == null) {
                    holders.remove(envelope.hash());
                } else {
                    holders.put(envelope.hash(), rest);
                }
            }
        }
    }

    private void addMissing(IpPrefix origin, EnvelopeMemory after, TrustState before) {
        for (RememberedEnvelope envelope : after.entries()) {
            if (!has(before, envelope.hash())) {
                Holder rest = Holder.without(holders.get(envelope.hash()), origin);
                holders.put(envelope.hash(), new Holder(origin, rest));
                List<IpPrefix> all = find(envelope.hash());
                if (all.size() > MAX_OF_ENVELOPE) {
                    Holder kept = Holder.without(new Holder(origin, rest), findOldestOfFullest(all));
                    holders.put(envelope.hash(), Objects.requireNonNull(kept));
                }
            }
        }
    }

    /** Looks at few senders only, so nothing is kept for this. */
    private static IpPrefix findOldestOfFullest(List<IpPrefix> latestFirst) {
        List<Long> networks = latestFirst.stream().map(NetworkCounts::networkOf).toList();
        int oldest = latestFirst.size() - 1;
        for (int i = oldest; i >= 0; i--) {
            boolean isFuller = Collections.frequency(networks, networks.get(i))
                    > Collections.frequency(networks, networks.get(oldest));
            oldest = isFuller ? i : oldest;
        }
        return latestFirst.get(oldest);
    }
}
