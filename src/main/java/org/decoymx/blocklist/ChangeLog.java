package org.decoymx.blocklist;

import it.unimi.dsi.fastutil.longs.LongList;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/**
 * The changes of the last versions. The number of versions and the total number of changes are limited; for a consumer
 * that is further behind, the whole list is cheaper. A change log is immutable; each blocklist has its own.
 */
public final class ChangeLog {
    /** One hour if each second has a new version. */
    static final int MAX_VERSIONS = 3_600;

    static final int MAX_CHANGES = 100_000;

    /** The version before the first change. */
    private final long baseVersion;

    private final List<VersionChange> changes;

    private ChangeLog(long baseVersion, List<VersionChange> changes) {
        this.baseVersion = baseVersion;
        this.changes = changes;
    }

    static ChangeLog startingAt(Instant modified) {
        return new ChangeLog(modified.getEpochSecond(), List.of());
    }

    /** The difference between one version and the next. */
    public static final class VersionChange {
        private final long version;
        private final FamilyChange v4;
        private final FamilyChange v6;

        private record FamilyChange(boolean v6, LongList removed, LongList added) {

            static FamilyChange of(boolean v6, SortedTable before, SortedTable after) {
                return new FamilyChange(v6, before.keysNotIn(after), after.keysNotIn(before));
            }

            int size() {
                return removed.size() + added.size();
            }

            Stream<BlocklistEntry> entries(LongList keys) {
                return keys.longStream().mapToObj(key -> BlocklistEntry.of(v6, key, ListedInterval.NOT_LISTED, 0));
            }
        }

        private VersionChange(long version, FamilyChange v4, FamilyChange v6) {
            this.version = version;
            this.v4 = v4;
            this.v6 = v6;
        }

        /** The version after this change. */
        public long version() {
            return version;
        }

        /**
         * The removed entries of an address family. Like the added ones, they have only an address and a prefix length.
         */
        public Stream<BlocklistEntry> removed(boolean isV6) {
            return isV6 ? v6.entries(v6.removed) : v4.entries(v4.removed);
        }

        /** The added entries of an address family. */
        public Stream<BlocklistEntry> added(boolean isV6) {
            return isV6 ? v6.entries(v6.added) : v4.entries(v4.added);
        }

        private int size() {
            return v4.size() + v6.size();
        }
    }

    ChangeLog append(Instant modified, SortedTable v4, SortedTable nextV4, SortedTable v6, SortedTable nextV6) {
        long version = modified.getEpochSecond();
        VersionChange next = new VersionChange(
                version,
                VersionChange.FamilyChange.of(false, v4, nextV4),
                VersionChange.FamilyChange.of(true, v6, nextV6));
        if (next.size() > MAX_CHANGES) {
            return startingAt(modified);
        }
        int room = MAX_CHANGES - next.size();
        int from = changes.size();
        while (from > 0
                && changes.size() - from < MAX_VERSIONS - 1
                && changes.get(from - 1).size() <= room) {
            from--;
            room -= changes.get(from).size();
        }
        long base = from == 0 ? baseVersion : changes.get(from - 1).version();
        return new ChangeLog(
                base,
                Stream.concat(changes.stream().skip(from), Stream.of(next)).toList());
    }

    /**
     * The changes that lead from a version to the current one, in order.
     *
     * @return empty if the version is unknown or too old
     */
    public Optional<List<VersionChange>> changesSince(long version) {
        if (version == baseVersion) {
            return Optional.of(changes);
        }
        return IntStream.range(0, changes.size())
                .filter(index -> changes.get(index).version() == version)
                .mapToObj(index -> changes.subList(index + 1, changes.size()))
                .findFirst();
    }
}
