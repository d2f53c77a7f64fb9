package org.decoymx.blocklist;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.Cause;
import org.decoymx.policy.Mode;

/** Listings for tests. */
public final class Listings {
    /** When they were made. */
    public static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static final Cause CAUGHT = new Cause(10, 1, 1, Set.of());

    private Listings() {}

    /**
     * A listing of some, each caught once, for an hour.
     *
     * @param listed addresses, and IPv4 networks as {@code 192.0.2.0/24}
     */
    public static Listing of(Mode mode, String... listed) {
        return of(mode, CAUGHT, 3_600, List.of(listed));
    }

    /** A listing of some, each for one cause, and for so many seconds more. */
    public static Listing of(Mode mode, Cause cause, long seconds, Collection<String> listed) {
        return new Listing(NOW, mode, table(false, cause, seconds, listed), table(true, cause, seconds, listed));
    }

    private static Table table(boolean v6, Cause cause, long seconds, Collection<String> listed) {
        long[] keys = listed.stream()
                .filter(text -> text.contains(":") == v6)
                .mapToLong(Listings::key)
                .sorted()
                .distinct()
                .toArray();
        long now = NOW.getEpochSecond();
        Table.Copy copy = new Table.Copy(keys.length, now);
        Arrays.stream(keys).forEach(key -> copy.add(key, Times.of(now - 60, now + seconds), Reasons.of(cause)));
        return copy.table();
    }

    private static long key(String text) {
        int slash = text.indexOf('/');
        Origin origin =
                Origin.parse(slash < 0 ? text : text.substring(0, slash)).orElseThrow();
        return slash < 0 || origin.v6() ? Key.of(origin) : Key.widened(Key.of(origin));
    }
}
