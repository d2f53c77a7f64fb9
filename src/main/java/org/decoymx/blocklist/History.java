package org.decoymx.blocklist;

import it.unimi.dsi.fastutil.longs.LongList;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.decoymx.blocklist.Listing.Entry;

/**
 * What changed from version to version, the last ones: so many, and so many changes in all, that whoever is further behind
 * is better off with the whole list. It never changes; each listing has its own.
 */
public final class History {
    /** An hour, when there is a new version each second. */
    static final int MAX_STEPS = 3_600;

    static final int MAX_CHANGES = 100_000;

    /** The version that the first step begins from. */
    private final long base;

    private final List<Step> steps;

    private History(long base, List<Step> steps) {
        this.base = base;
        this.steps = steps;
    }

    static History of(Instant begin) {
        return new History(begin.getEpochSecond(), List.of());
    }

    /** From one version to the next. */
    public static final class Step {
        private final long version;
        private final Family v4;
        private final Family v6;

        private record Family(boolean v6, LongList removed, LongList added) {

            static Family of(boolean v6, Table before, Table after) {
                return new Family(v6, before.keysNotIn(after), after.keysNotIn(before));
            }

            int size() {
                return removed.size() + added.size();
            }

            Stream<Entry> entries(LongList keys) {
                return keys.longStream().mapToObj(key -> Entry.of(v6, key, Times.NONE, 0));
            }
        }

        private Step(long version, Family v4, Family v6) {
            this.version = version;
            this.v4 = v4;
            this.v6 = v6;
        }

        /** The version that it leads to. */
        public long version() {
            return version;
        }

        /** Entries of a family that went; of these and the added only address and prefix are known. */
        public Stream<Entry> removed(boolean isV6) {
            return isV6 ? v6.entries(v6.removed) : v4.entries(v4.removed);
        }

        /** Entries of a family that came. */
        public Stream<Entry> added(boolean isV6) {
            return isV6 ? v6.entries(v6.added) : v4.entries(v4.added);
        }

        private int size() {
            return v4.size() + v6.size();
        }
    }

    History with(Instant changed, Table v4, Table nextV4, Table v6, Table nextV6) {
        long version = changed.getEpochSecond();
        Step next = new Step(version, Step.Family.of(false, v4, nextV4), Step.Family.of(true, v6, nextV6));
        if (next.size() > MAX_CHANGES) {
            return of(changed);
        }
        int room = MAX_CHANGES - next.size();
        int from = steps.size();
        while (from > 0
                && steps.size() - from < MAX_STEPS - 1
                && steps.get(from - 1).size() <= room) {
            from--;
            room -= steps.get(from).size();
        }
        long begin = from == 0 ? base : steps.get(from - 1).version();
        return new History(
                begin, Stream.concat(steps.stream().skip(from), Stream.of(next)).toList());
    }

    /**
     * The steps that lead from a version to this one, in their order.
     *
     * @return empty when it is not known, or too long ago
     */
    public Optional<List<Step>> since(long version) {
        if (version == base) {
            return Optional.of(steps);
        }
        return IntStream.range(0, steps.size())
                .filter(at -> steps.get(at).version() == version)
                .mapToObj(at -> steps.subList(at + 1, steps.size()))
                .findFirst();
    }
}
