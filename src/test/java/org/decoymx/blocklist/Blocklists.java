package org.decoymx.blocklist;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.ListingReason;
import org.decoymx.policy.PolicyMode;

/** Listings for tests. */
public final class Blocklists {
    /** When they were made. */
    public static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static final ListingReason CAUGHT = new ListingReason(10, 1, 1, Set.of());

    private Blocklists() {}

    /**
     * A listing of some, each caught once, for an hour.
     *
     * @param listed addresses, and IPv4 networks as {@code 192.0.2.0/24}
     */
    public static Blocklist of(PolicyMode mode, String... listed) {
        return of(mode, CAUGHT, 3_600, List.of(listed));
    }

    /** A listing of some, each for one cause, and for so many seconds more. */
    public static Blocklist of(PolicyMode mode, ListingReason cause, long seconds, Collection<String> listed) {
        return new Blocklist(NOW, mode, table(false, cause, seconds, listed), table(true, cause, seconds, listed));
    }

    private static SortedTable table(boolean v6, ListingReason cause, long seconds, Collection<String> listed) {
        long[] keys = listed.stream()
                .filter(text -> text.contains(":") == v6)
                .mapToLong(Blocklists::key)
                .sorted()
                .distinct()
                .toArray();
        long now = NOW.getEpochSecond();
        SortedTable.SortedTableBuilder copy = new SortedTable.SortedTableBuilder(keys.length, now);
        Arrays.stream(keys)
                .forEach(key -> copy.add(key, ListedInterval.pack(now - 60, now + seconds), PackedReason.pack(cause)));
        return copy.build();
    }

    private static long key(String text) {
        int slash = text.indexOf('/');
        Origin origin =
                Origin.parse(slash < 0 ? text : text.substring(0, slash)).orElseThrow();
        return slash < 0 || origin.v6() ? EntryKey.of(origin) : EntryKey.networkKey(EntryKey.of(origin));
    }
}
