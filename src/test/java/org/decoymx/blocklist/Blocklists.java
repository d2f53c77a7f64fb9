package org.decoymx.blocklist;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.decoymx.net.IpPrefix;
import org.decoymx.net.IpText;
import org.decoymx.policy.ListingReason;
import org.decoymx.policy.PolicyMode;

/** Blocklists for tests. */
public final class Blocklists {
    /** The time of each blocklist. */
    public static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static final ListingReason CAUGHT = new ListingReason(10, 1, 1, Set.of());

    private Blocklists() {}

    /**
     * A blocklist of origins, each caught once and listed for an hour.
     *
     * @param listed addresses, and networks as {@code 192.0.2.0/24} and {@code 2001:db8::/64}
     */
    public static Blocklist of(PolicyMode mode, String... listed) {
        return of(mode, CAUGHT, 3_600, List.of(listed));
    }

    /** A blocklist of suspects, all with the same reason and remaining time in seconds. */
    public static Blocklist of(PolicyMode mode, ListingReason reason, long seconds, Collection<String> listed) {
        return of(mode, PackedReason.pack(reason), seconds, listed);
    }

    /** A blocklist of confirmed senders, each listed for an hour. */
    public static Blocklist ofConfirmed(PolicyMode mode, ListingReason reason, Collection<String> listed) {
        return of(mode, BlocklistPublishers.packedConfirmed(reason), 3_600, listed);
    }

    private static Blocklist of(PolicyMode mode, long packedReason, long seconds, Collection<String> listed) {
        return new Blocklist(
                NOW, mode, table(false, packedReason, seconds, listed), table(true, packedReason, seconds, listed));
    }

    /** A table of origins of one family, all listed from second 1 to 2,000,000,000. */
    static SortedTable table(Collection<IpPrefix> origins) {
        SortedTableBuilder builder = new SortedTableBuilder(origins.size(), 0);
        origins.stream()
                .sorted()
                .forEach(origin -> builder.add(
                        EntryKey.high(origin), EntryKey.low(origin), ListedInterval.pack(1, 2_000_000_000), 0));
        return builder.build();
    }

    private static SortedTable table(boolean v6, long packedReason, long seconds, Collection<String> listed) {
        List<IpPrefix> origins = listed.stream()
                .filter(text -> text.contains(":") == v6)
                .map(text -> IpText.parseNetwork(text).hostNetwork())
                .sorted()
                .distinct()
                .toList();
        long now = NOW.getEpochSecond();
        SortedTableBuilder builder = new SortedTableBuilder(origins.size(), now);
        for (IpPrefix origin : origins) {
            builder.add(
                    EntryKey.high(origin),
                    EntryKey.low(origin),
                    ListedInterval.pack(now - 60, now + seconds),
                    packedReason);
        }
        return builder.build();
    }
}
