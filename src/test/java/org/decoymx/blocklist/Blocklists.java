package org.decoymx.blocklist;

import java.time.Instant;
import java.util.Arrays;
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
     * @param listed addresses, and IPv4 networks as {@code 192.0.2.0/24}
     */
    public static Blocklist of(PolicyMode mode, String... listed) {
        return of(mode, CAUGHT, 3_600, List.of(listed));
    }

    /** A blocklist of origins, all with the same reason and remaining time in seconds. */
    public static Blocklist of(PolicyMode mode, ListingReason reason, long seconds, Collection<String> listed) {
        return new Blocklist(NOW, mode, table(false, reason, seconds, listed), table(true, reason, seconds, listed));
    }

    private static SortedTable table(boolean v6, ListingReason reason, long seconds, Collection<String> listed) {
        long[] keys = listed.stream()
                .filter(text -> text.contains(":") == v6)
                .mapToLong(Blocklists::key)
                .sorted()
                .distinct()
                .toArray();
        long now = NOW.getEpochSecond();
        SortedTable.SortedTableBuilder builder = new SortedTable.SortedTableBuilder(keys.length, now);
        Arrays.stream(keys)
                .forEach(key ->
                        builder.add(key, ListedInterval.pack(now - 60, now + seconds), PackedReason.pack(reason)));
        return builder.build();
    }

    private static long key(String text) {
        int slash = text.indexOf('/');
        IpPrefix origin = IpText.parseHostNetwork(slash < 0 ? text : text.substring(0, slash))
                .orElseThrow();
        return slash < 0 || origin.v6() ? EntryKey.of(origin) : EntryKey.networkKey(EntryKey.of(origin));
    }
}
