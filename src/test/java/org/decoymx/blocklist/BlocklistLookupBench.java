package org.decoymx.blocklist;

import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.PolicyMode;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Whether an address is in a list of a million entries, and whether anything in a network is; half of them are. */
@State(Scope.Benchmark)
@BenchmarkMode(org.openjdk.jmh.annotations.Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"-XX:+UseSerialGC", "-Xmx256m"})
public class BlocklistLookupBench {
    private static final int ENTRIES = 1_000_000;
    private static final int ASKED = 1 << 20;

    @Param({"false", "true"})
    public boolean v6;

    private Blocklist listing = new Blocklist(Instant.EPOCH, PolicyMode.ENFORCE, SortedTable.EMPTY, SortedTable.EMPTY);
    private Origin[] asked = {};
    private int next;

    /** Every tenth entry of IPv4 is a /24; the networks of IPv6 lie in a few thousand providers' /32s. */
    @Setup
    public void fill() {
        Random random = new Random(1);
        long[] keys = random.longs(2L * ENTRIES)
                .map(bits -> EntryKey.of(new Origin(v6, v6 ? inProviders(bits) : bits & 0xffff_ffffL)))
                .map(key -> !v6 && (key & 0x3fe) % 10 == 0 ? EntryKey.networkKey(key) : key)
                .sorted()
                .distinct()
                .limit(ENTRIES)
                .toArray();
        SortedTable.SortedTableBuilder copy = new SortedTable.SortedTableBuilder(keys.length, 0);
        for (long key : keys) {
            copy.add(key, ListedInterval.pack(1, 2_000_000_000), 0);
        }
        SortedTable table = copy.build();
        listing = new Blocklist(
                Instant.ofEpochSecond(1),
                PolicyMode.ENFORCE,
                v6 ? SortedTable.EMPTY : table,
                v6 ? table : SortedTable.EMPTY);
        asked = new Origin[ASKED];
        for (int i = 0; i < ASKED; i++) {
            long bits = random.nextLong();
            asked[i] = i % 2 == 0
                    ? new Origin(v6, EntryKey.originBits(v6, keys[random.nextInt(keys.length)]))
                    : new Origin(v6, v6 ? inProviders(bits) : bits & 0xffff_ffffL);
        }
    }

    private static long inProviders(long bits) {
        return 0x2000_0000_0000_0000L | (bits >>> 32 & 0xfff) * 0x1_f001L << 32 | bits & 0xffff_ffffL;
    }

    private Origin next() {
        next = next + 1 & ASKED - 1;
        return asked[next];
    }

    @Benchmark
    public Optional<Blocklist.BlocklistEntry> find() {
        return listing.findEntry(next());
    }

    @Benchmark
    public boolean hasAny() {
        return listing.overlaps(next(), v6 ? EntryKey.V6_PREFIX_LENGTH : EntryKey.HOST_PREFIX_LENGTH);
    }
}
