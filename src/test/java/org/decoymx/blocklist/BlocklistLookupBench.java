package org.decoymx.blocklist;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.decoymx.net.IpPrefix;
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

/** Looks up addresses and networks in a list of a million entries; half of the lookups find an entry. */
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
    private static final int LOOKUPS = 1 << 20;

    @Param({"false", "true"})
    public boolean v6;

    private Blocklist blocklist =
            new Blocklist(Instant.EPOCH, PolicyMode.ENFORCE, SortedTable.EMPTY, SortedTable.EMPTY);
    private IpPrefix[] origins = {};
    private int next;

    /** Every tenth IPv4 entry is a /24; the IPv6 addresses lie in the /32s of a few thousand providers. */
    @Setup
    public void fill() {
        Random random = new Random(1);
        List<IpPrefix> listed = random.longs(2L * ENTRIES)
                .mapToObj(bits -> origin(bits, random))
                .map(origin -> origin.v6() || origin.bits() % 10 != 0 ? origin : origin.neighborhood())
                .distinct()
                .limit(ENTRIES)
                .toList();
        SortedTable table = Blocklists.table(listed);
        blocklist = new Blocklist(
                Instant.ofEpochSecond(1),
                PolicyMode.ENFORCE,
                v6 ? SortedTable.EMPTY : table,
                v6 ? table : SortedTable.EMPTY);
        origins = new IpPrefix[LOOKUPS];
        for (int i = 0; i < LOOKUPS; i++) {
            origins[i] = i % 2 == 0 ? listed.get(random.nextInt(listed.size())) : origin(random.nextLong(), random);
        }
    }

    private IpPrefix origin(long bits, Random random) {
        return v6
                ? new IpPrefix(toProviderNetwork(bits), random.nextLong(), 128).hostNetwork()
                : IpPrefix.ofBits(false, bits & 0xffff_ffffL);
    }

    private static long toProviderNetwork(long bits) {
        return 0x2000_0000_0000_0000L | (bits >>> 32 & 0xfff) * 0x1_f001L << 32 | bits & 0xffff_ffffL;
    }

    private IpPrefix next() {
        next = next + 1 & LOOKUPS - 1;
        return origins[next];
    }

    @Benchmark
    public Optional<Blocklist.BlocklistEntry> findEntry() {
        return blocklist.findEntry(next());
    }

    @Benchmark
    public boolean overlaps() {
        return blocklist.overlaps(next());
    }
}
