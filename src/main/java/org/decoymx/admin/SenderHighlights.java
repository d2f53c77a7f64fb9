package org.decoymx.admin;

import it.unimi.dsi.fastutil.longs.Long2IntMap;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.Listing;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PrimaryVisits;
import org.decoymx.policy.Sender;
import org.decoymx.policy.Tier;
import org.decoymx.policy.TrustState;

/**
 * Finds the senders that an administrator should look at first, because they may be good, and the networks with the
 * most listed senders. It is told of one sender at a time, because there may be millions. Not thread-safe.
 */
public final class SenderHighlights {
    /** Maximum number of senders for each doubt. */
    static final int MAX_DOUBTFUL = 5;

    /** Maximum number of networks that are reported. */
    static final int MAX_NETWORKS = 10;

    /** Senders of more networks are not counted by network. */
    private static final int MAX_COUNTED_NETWORKS = 100_000;

    private static final int V4_PREFIX = 16;
    private static final int V6_PREFIX = 32;
    private static final long V6_KEY = 1L << 32;
    private static final long DAY_SECONDS = 24 * 3_600;

    private final Policy policy;
    private final PrimaryVisits visits;
    private final long now;
    private final Map<Doubt, PriorityQueue<DoubtfulSender>> doubtful = new EnumMap<>(Doubt.class);
    private final Long2IntOpenHashMap listedByNetwork = new Long2IntOpenHashMap();
    private long newlyListed;

    SenderHighlights(Policy policy, PrimaryVisits visits, Instant now) {
        this.policy = policy;
        this.visits = visits;
        this.now = now.getEpochSecond();
        for (Doubt doubt : Doubt.values()) {
            doubtful.put(doubt, new PriorityQueue<>(Comparator.comparing(DoubtfulSender::at)));
        }
    }

    /** Why a sender may be good. */
    public enum Doubt {
        /** It is listed, and came to a real MX since. */
        SEEN_SINCE,
        /** It is listed, and came to a real MX before. */
        SEEN_BEFORE,
        /** It is listed, and an address of its network that is not was at a real MX. */
        NEIGHBOR_SEEN,
        /** It was caught, and proved by a retry that it is a mail server. */
        CLEARED
    }

    /**
     * A sender that may be good.
     *
     * @param at when it came to the real MX, was listed, or was cleared
     */
    public record DoubtfulSender(IpPrefix origin, Tier tier, Doubt doubt, Instant at) {}

    /**
     * A network with listed senders.
     *
     * @param network an IPv4 /16 or an IPv6 /32
     */
    public record NetworkCount(IpPrefix network, long listed) {}

    /**
     * What was found.
     *
     * @param newlyListed how many listed senders were listed in the last 24 hours
     * @param doubtful by doubt, the latest first
     * @param networks those with the most listed senders come first
     */
    public record Highlights(long newlyListed, List<DoubtfulSender> doubtful, List<NetworkCount> networks) {}

    /**
     * Adds a sender.
     *
     * @param tier its tier now; {@link Tier#NONE} if it is exempt
     */
    void addSender(Sender sender, Tier tier) {
        IpPrefix origin = sender.origin();
        if (tier == Tier.CLEARED) {
            TrustState state = policy.trust().find(origin);
            if (!state.listing().byHand()) {
                add(origin, tier, Doubt.CLEARED, state.proof().clearedSince());
            }
        } else if (tier.isListed()) {
            countNetwork(origin);
            newlyListed += now - sender.latestScore().listedSince() <= DAY_SECONDS ? 1 : 0;
            long visit = visits.find(origin)
                    .map(period -> period.last().getEpochSecond())
                    .orElse(0L);
            if (visit > 0 || visits.remembersNetwork(origin.neighborhood())) {
                addListed(sender, tier, visit);
            }
        }
    }

    private void addListed(Sender sender, Tier tier, long visit) {
        Listing listing = policy.findListing(sender, Instant.ofEpochSecond(now));
        if (listing != null && !listing.byHand()) {
            boolean seenSince = visit > listing.since();
            Doubt otherwise = visit > 0 ? Doubt.SEEN_BEFORE : Doubt.NEIGHBOR_SEEN;
            add(sender.origin(), tier, seenSince ? Doubt.SEEN_SINCE : otherwise, seenSince ? visit : listing.since());
        }
    }

    private void add(IpPrefix origin, Tier tier, Doubt doubt, long at) {
        PriorityQueue<DoubtfulSender> queue = queue(doubt);
        queue.add(new DoubtfulSender(origin, tier, doubt, Instant.ofEpochSecond(at)));
        if (queue.size() > MAX_DOUBTFUL) {
            queue.remove();
        }
    }

    private PriorityQueue<DoubtfulSender> queue(Doubt doubt) {
        return Objects.requireNonNull(doubtful.get(doubt));
    }

    private void countNetwork(IpPrefix origin) {
        long key = origin.v6() ? V6_KEY | origin.bits() >>> Long.SIZE - V6_PREFIX : origin.bits() >>> V4_PREFIX;
        if (listedByNetwork.size() < MAX_COUNTED_NETWORKS || listedByNetwork.containsKey(key)) {
            listedByNetwork.addTo(key, 1);
        }
    }

    Highlights report() {
        List<DoubtfulSender> senders = new ArrayList<>();
        for (Doubt doubt : Doubt.values()) {
            queue(doubt).stream()
                    .sorted(Comparator.comparing(DoubtfulSender::at).reversed())
                    .forEach(senders::add);
        }
        return new Highlights(newlyListed, List.copyOf(senders), topNetworks());
    }

    private List<NetworkCount> topNetworks() {
        return listedByNetwork.long2IntEntrySet().stream()
                .sorted(Comparator.comparingInt(Long2IntMap.Entry::getIntValue)
                        .reversed()
                        .thenComparingLong(Long2IntMap.Entry::getLongKey))
                .limit(MAX_NETWORKS)
                .map(entry -> new NetworkCount(networkOf(entry.getLongKey()), entry.getIntValue()))
                .toList();
    }

    private static IpPrefix networkOf(long key) {
        return key >= V6_KEY
                ? new IpPrefix(key << V6_PREFIX, 0, V6_PREFIX)
                : IpPrefix.ofBits(false, key << V4_PREFIX).around(V4_PREFIX);
    }
}
