package org.decoymx.blocklist;

import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.decoymx.ledger.Origin;
import org.decoymx.policy.Mode;
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
public class LookupBench {
    private static final int ENTRIES = 1_000_000;
    private static final int ASKED = 1 << 20;

    @Param({"false", "true"})
    public boolean v6;

    private Listing listing = new Listing(Instant.EPOCH, Mode.ENFORCE, Table.EMPTY, Table.EMPTY);
    private Origin[] asked = {};
    private int next;

    /** Every tenth entry of IPv4 is a /24; the networks of IPv6 lie in a few thousand providers' /32s. */
    @Setup
    public void fill() {
        Random random = new Random(1);
        long[] keys = random.longs(2L * ENTRIES)
                .map(bits -> Key.of(new Origin(v6, v6 ? inProviders(bits) : bits & 0xffff_ffffL)))
                .map(key -> !v6 && (key & 0x3fe) % 10 == 0 ? Key.widened(key) : key)
                .sorted()
                .distinct()
                .limit(ENTRIES)
                .toArray();
        Table.Copy copy = new Table.Copy(keys.length, 0);
        for (long key : keys) {
            copy.add(key, Times.of(1, 2_000_000_000), 0);
        }
        Table table = copy.table();
        listing =
                new Listing(Instant.ofEpochSecond(1), Mode.ENFORCE, v6 ? Table.EMPTY : table, v6 ? table : Table.EMPTY);
        asked = new Origin[ASKED];
        for (int i = 0; i < ASKED; i++) {
            long bits = random.nextLong();
            asked[i] = i % 2 == 0
                    ? new Origin(v6, Key.bits(v6, keys[random.nextInt(keys.length)]))
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
    public Optional<Listing.Entry> find() {
        return listing.find(next());
    }

    @Benchmark
    public boolean hasAny() {
        return listing.hasAny(next(), v6 ? Key.V6 : Key.HOST);
    }
}
