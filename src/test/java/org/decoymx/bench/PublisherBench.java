package org.decoymx.bench;

import it.unimi.dsi.fastutil.longs.LongArrays;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.blocklist.BlocklistPublishers;
import org.decoymx.net.IpPrefix;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Exemption;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.Sender;
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

/** A million listed senders are re-evaluated; one more is listed or delisted, so that a new version is published. */
@State(Scope.Benchmark)
@BenchmarkMode(org.openjdk.jmh.annotations.Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-XX:+UseSerialGC", "-Xmx1g"})
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 2)
public class PublisherBench {
    /** One below the limit, because one more sender is added. */
    private static final int SENDERS = 999_999;

    private static final int BATCH = 999;
    private static final int EXEMPTIONS = 5_000;
    private static final long FIRST_ADDRESS = 0x0100_0000L;
    private static final Duration TTL = Duration.ofDays(1);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Random random = new Random(1);
    private final ExemptNetworks exempt = new ExemptNetworks();
    private List<List<Sender>> batches = List.of();
    private BlocklistPublisher publisher = BlocklistPublishers.of(PolicyMode.ENFORCE, 0, exempt, START);
    private Instant now = START;
    private boolean newSenderListed;

    /** Number of listed addresses from which a /24 is listed; 0 for never. */
    @Param({"0", "2", "3"})
    int widenAt;

    /** Adjacent addresses in random order; if two addresses list their network, two in each network. */
    private List<Sender> senders() {
        long[] bits = LongStream.range(0, SENDERS)
                .map(i -> FIRST_ADDRESS + (widenAt == 2 ? (i / 2 << 8) + i % 2 : i))
                .toArray();
        LongArrays.shuffle(bits, random);
        return LongStream.of(bits).mapToObj(address -> sender(address, TTL)).toList();
    }

    private static Sender sender(long bits, Duration ttl) {
        long second = START.getEpochSecond();
        return BlocklistPublishers.sender(IpPrefix.ofBits(false, bits), second, second + ttl.toSeconds());
    }

    /** As many exempt networks as the SPF records of large senders have. */
    @Setup
    public void list() {
        exempt.replaceSource(
                "a file",
                random.longs(EXEMPTIONS, 0, 1L << 32)
                        .mapToObj(bits ->
                                Exemption.of(IpPrefix.ofBits(false, bits).around(17 + (int) bits % 16), "exempt"))
                        .toList());
        List<Sender> senders = senders();
        batches = LongStream.range(0, SENDERS / BATCH)
                .mapToObj(i -> senders.subList((int) i * BATCH, (int) (i + 1) * BATCH))
                .toList();
        publisher = BlocklistPublishers.of(PolicyMode.ENFORCE, widenAt, exempt, START);
        reevaluate();
    }

    /** Re-evaluates all senders, as after a change of exemptions. */
    @Benchmark
    public Blocklist reevaluate() {
        batches.forEach(batch -> BlocklistPublishers.evaluate(publisher, batch, now));
        now = now.plusSeconds(1);
        BlocklistPublishers.publish(publisher, now);
        return publisher.servedBlocklist();
    }

    /** Re-evaluates all senders, and lists or delists one more. */
    @Benchmark
    public Blocklist reevaluate_withNewSender() {
        evaluateNewSender();
        return reevaluate();
    }

    /** Publishes one change. */
    @Benchmark
    public Blocklist publish() {
        evaluateNewSender();
        now = now.plusSeconds(1);
        BlocklistPublishers.publish(publisher, now);
        return publisher.servedBlocklist();
    }

    private void evaluateNewSender() {
        newSenderListed = !newSenderListed;
        BlocklistPublishers.evaluate(
                publisher, List.of(sender(0x6000_0000L, newSenderListed ? TTL : Duration.ZERO)), now);
    }

    /** Runs the publisher without a change. */
    @Benchmark
    public Blocklist publish_unchanged() {
        BlocklistPublishers.publish(publisher, now.plusMillis(1_200));
        return publisher.servedBlocklist();
    }
}
