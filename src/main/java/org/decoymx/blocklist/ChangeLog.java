package org.decoymx.blocklist;

import it.unimi.dsi.fastutil.longs.LongList;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.decoymx.blocklist.Blocklist.BlocklistEntry;

/**
 * What changed from version to version, the last ones: so many, and so many changes in all, that whoever is further behind
 * is better off with the whole list. It never changes; each listing has its own.
 */
public final class ChangeLog {
    /** An hour, when there is a new version each second. */
    static final int MAX_VERSIONS = 3_600;

    static final int MAX_CHANGES = 100_000;

    /** The version that the first step begins from. */
    private final long baseVersion;

    private final List<VersionChange> changes;

    private ChangeLog(long base, List<VersionChange> steps) {
        this.baseVersion = base;
        this.changes = steps;
    }

    static ChangeLog startingAt(Instant begin) {
        return new ChangeLog(begin.getEpochSecond(), List.of());
    }

    /** From one version to the next. */
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

        /** The version that it leads to. */
        public long version() {
            return version;
        }

        /** Entries of a family that went; of these and the added only address and prefix are known. */
        public Stream<BlocklistEntry> removed(boolean isV6) {
            return isV6 ? v6.entries(v6.removed) : v4.entries(v4.removed);
        }

        /** Entries of a family that came. */
        public Stream<BlocklistEntry> added(boolean isV6) {
            return isV6 ? v6.entries(v6.added) : v4.entries(v4.added);
        }

        private int size() {
            return v4.size() + v6.size();
        }
    }

    ChangeLog append(Instant changed, SortedTable v4, SortedTable nextV4, SortedTable v6, SortedTable nextV6) {
        long version = changed.getEpochSecond();
        VersionChange next = new VersionChange(
                version,
                VersionChange.FamilyChange.of(false, v4, nextV4),
                VersionChange.FamilyChange.of(true, v6, nextV6));
        if (next.size() > MAX_CHANGES) {
            return startingAt(changed);
        }
        int room = MAX_CHANGES - next.size();
        int from = changes.size();
        while (from > 0
                && changes.size() - from < MAX_VERSIONS - 1
                && changes.get(from - 1).size() <= room) {
            from--;
            room -= changes.get(from).size();
        }
        long begin = from == 0 ? baseVersion : changes.get(from - 1).version();
        return new ChangeLog(
                begin,
                Stream.concat(changes.stream().skip(from), Stream.of(next)).toList());
    }

    /**
     * The steps that lead from a version to this one, in their order.
     *
     * @return empty when it is not known, or too long ago
     */
    public Optional<List<VersionChange>> changesSince(long version) {
        if (version == baseVersion) {
            return Optional.of(changes);
        }
        return IntStream.range(0, changes.size())
                .filter(at -> changes.get(at).version() == version)
                .mapToObj(at -> changes.subList(at + 1, changes.size()))
                .findFirst();
    }
}
