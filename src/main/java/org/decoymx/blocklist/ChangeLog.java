package org.decoymx.blocklist;

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

    /** The last version that added or removed a confirmed entry; perhaps older than the changes. */
    private final long confirmedVersion;

    private ChangeLog(long baseVersion, List<VersionChange> changes, long confirmedVersion) {
        this.baseVersion = baseVersion;
        this.changes = changes;
        this.confirmedVersion = confirmedVersion;
    }

    static ChangeLog startingAt(Instant modified) {
        return new ChangeLog(modified.getEpochSecond(), List.of(), modified.getEpochSecond());
    }

    /** The difference between one version and the next. */
    public static final class VersionChange {
        private final long version;
        private final TableDifference v4;
        private final TableDifference v6;

        private VersionChange(long version, TableDifference v4, TableDifference v6) {
            this.version = version;
            this.v4 = v4;
            this.v6 = v6;
        }

        static VersionChange between(
                Instant modified, SortedTable v4, SortedTable nextV4, SortedTable v6, SortedTable nextV6) {
            return new VersionChange(
                    modified.getEpochSecond(),
                    TableDifference.between(false, v4, nextV4),
                    TableDifference.between(true, v6, nextV6));
        }

        /** The version after this change. */
        public long version() {
            return version;
        }

        /**
         * The entries of an address family that a filter no longer selects: they left the list, or changed their tier.
         * Like the added ones, they have only an address and a prefix length.
         */
        public Stream<BlocklistEntry> removed(boolean isV6, TierFilter filter) {
            return (isV6 ? v6 : v4).removed(filter);
        }

        /** The entries of an address family that a filter selects now, and did not before. */
        public Stream<BlocklistEntry> added(boolean isV6, TierFilter filter) {
            return (isV6 ? v6 : v4).added(filter);
        }

        /** Whether a feed has other entries, or an entry has another tier. */
        boolean changesFeeds() {
            return v4.changesFeeds() || v6.changesFeeds();
        }

        private boolean changesConfirmed() {
            return v4.changes(TierFilter.CONFIRMED) || v6.changes(TierFilter.CONFIRMED);
        }

        private int size() {
            return v4.size() + v6.size();
        }
    }

    /** The last version that added or removed a confirmed entry, or promoted or demoted one. */
    long confirmedVersion() {
        return confirmedVersion;
    }

    ChangeLog append(VersionChange next) {
        long confirmed = next.changesConfirmed() ? next.version() : confirmedVersion;
        if (next.size() > MAX_CHANGES) {
            return new ChangeLog(next.version(), List.of(), confirmed);
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
                Stream.concat(changes.stream().skip(from), Stream.of(next)).toList(),
                confirmed);
    }

    /**
     * The changes that lead from the entries of a version to the current ones, in order.
     *
     * @param filter the entries that the consumer has; only their changes are complete
     * @return empty if the version is unknown or too old
     */
    public Optional<List<VersionChange>> changesSince(long version, TierFilter filter) {
        if (filter == TierFilter.CONFIRMED && version >= confirmedVersion && version <= currentVersion()) {
            return Optional.of(List.of());
        }
        if (version == baseVersion) {
            return Optional.of(changes);
        }
        return IntStream.range(0, changes.size())
                .filter(index -> changes.get(index).version() == version)
                .mapToObj(index -> changes.subList(index + 1, changes.size()))
                .findFirst();
    }

    private long currentVersion() {
        return changes.isEmpty() ? baseVersion : changes.get(changes.size() - 1).version();
    }
}
