package org.decoymx.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.decoymx.bench.BenchmarkTable;
import org.decoymx.bench.ProcessUsage;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.blocklist.BlocklistPublishers;
import org.decoymx.it.CompletedProgram;
import org.decoymx.it.DecoyProcess;
import org.decoymx.it.TestResources;
import org.decoymx.policy.ExemptNetworks;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyFixtures;
import org.decoymx.policy.PolicyMode;
import org.decoymx.policy.Sender;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.decoymx.store.StorageException;
import org.decoymx.support.TestClocks;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Benchmarks the ledger with a real file, in this process and in a decoy process. */
@Tag("bench")
class LedgerBenchIT {
    private static final int SENDERS = 1_000_000;
    private static final int SIGHTINGS_PER_SECOND = 20_000;
    private static final int SECONDS = 30;
    private static final int TICK_MILLIS = 10;
    private static final int STARTS = 3;
    private static final Duration PROGRAM_TIMEOUT = Duration.ofMinutes(1);
    private static final Pattern USED = Pattern.compile("(?:generation.*total \\d+K), used (\\d+)K");

    private static final BenchmarkTable TABLE = new BenchmarkTable(
            "Ledger",
            "A ledger of a million senders in a real file; a tenth of them is listed, where nothing else is said."
                    + " Memory is heap in use after a full collection, with the options of deploy/jvm.options.");

    @TempDir
    private Path dir;

    private final Clock clock = Clock.systemUTC();
    private final Policy policy = PolicyFixtures.enforcing(LargeLedgers.TTL);

    private Path fill(int senders, Instant lastSeen) throws StorageException {
        return fill(senders, lastSeen, 10);
    }

    private Path fill(int senders, Instant lastSeen, int listedOneIn) throws StorageException {
        return LargeLedgers.writeLedger(dir, senders, lastSeen, listedOneIn);
    }

    /** Compares startup time and heap with many senders, a tenth of them listed, to those with an empty ledger. */
    @Test
    void start_withAMillionSenders_isComparedToEmptyLedger() throws StorageException {
        Path empty = TestResources.createDirectory("empty");
        fill(SENDERS, clock.instant());
        List<Double> seconds = new ArrayList<>();
        List<Double> octets = new ArrayList<>();
        for (int start = 0; start < STARTS; start++) {
            StartedDecoy unfilled = StartedDecoy.of(empty);
            StartedDecoy filled = StartedDecoy.of(dir);
            seconds.add(filled.seconds() - unfilled.seconds());
            octets.add(filled.heap() - unfilled.heap());
            System.out.printf("%s; with %d senders %s%n", unfilled, SENDERS, filled);
        }
        TABLE.add("seconds of the start for a million senders", BenchmarkTable.median(seconds));
        TABLE.add("MB of heap for a million senders", BenchmarkTable.median(octets));
        TestResources.delete(empty);
    }

    @Test
    void start_withTenMillionSenders_serves() throws StorageException {
        fill(10 * SENDERS, clock.instant());
        StartedDecoy filled = StartedDecoy.of(dir, "-Xmx1100m", "decoy.ledger.max-senders=" + 10 * SENDERS);
        System.out.println(filled);
        TABLE.add("seconds until ten million senders are served, with -Xmx1100m", filled.seconds());
    }

    /**
     * A started decoy.
     *
     * @param seconds from the start to the greeting
     * @param resident MiB of resident memory after it served the feed
     * @param heap MB of heap in use after a full collection
     * @param listed number of lines of the feed
     */
    private record StartedDecoy(double seconds, double resident, double heap, long listed) {
        static StartedDecoy of(Path dir, String... moreSettings) {
            List<String> settings = new ArrayList<>(
                    List.of("decoy.ledger.dir=" + dir, "decoy.domains=example.org", "decoy.smtp.greeting-delay=0s"));
            settings.addAll(List.of(moreSettings));
            try (DecoyProcess decoy = DecoyProcess.start(settings.toArray(String[]::new))) {
                long listed = decoy.get("/blocklist.txt").body().lines().count();
                double resident = ProcessUsage.residentMebibytes(decoy.pid());
                return new StartedDecoy(decoy.startupTime().toMillis() / 1e3, resident, heap(decoy.pid()), listed);
            }
        }

        private static double heap(long pid) {
            String jcmd =
                    Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
            CompletedProgram.run(PROGRAM_TIMEOUT, jcmd, String.valueOf(pid), "GC.run");
            CompletedProgram.run(PROGRAM_TIMEOUT, jcmd, String.valueOf(pid), "GC.run");
            return USED.matcher(CompletedProgram.run(PROGRAM_TIMEOUT, jcmd, String.valueOf(pid), "GC.heap_info")
                                    .output())
                            .results()
                            .mapToLong(used -> Long.parseLong(used.group(1)))
                            .sum()
                    / 1e3;
        }

        @Override
        public String toString() {
            return String.format(
                    "ready in %.2f s, %.0f MiB resident, %.1f MB heap in use, %d lines served",
                    seconds, resident, heap, listed);
        }
    }

    /** After a change of the exemptions, all listed senders are evaluated again and the blocklist is published. */
    @Test
    void exemptionChange_withAMillionListed_reevaluatesAll() throws StorageException {
        SenderLedger ledger = new SenderLedger(fill(SENDERS, clock.instant(), 1), LargeLedgers.NODE, policy, clock);
        ledger.open();
        BlocklistPublisher publisher =
                BlocklistPublishers.of(PolicyMode.ENFORCE, 0, new ExemptNetworks(), clock.instant());
        List<Double> seconds = new ArrayList<>();
        for (int round = 0; round < 2 * STARTS + 1; round++) {
            long started = System.nanoTime();
            List<Sender> batch = new ArrayList<>();
            ledger.index().forEachListed(clock.instant(), sender -> {
                batch.add(sender);
                if (batch.size() == SIGHTINGS_PER_SECOND / 20) {
                    BlocklistPublishers.evaluate(publisher, batch, clock.instant());
                    batch.clear();
                }
            });
            BlocklistPublishers.evaluate(publisher, batch, clock.instant());
            BlocklistPublishers.publish(publisher, clock.instant().plusSeconds(2L * round));
            seconds.add((System.nanoTime() - started) / 1e9);
        }
        TABLE.atMost("seconds to evaluate a million listed senders again", BenchmarkTable.median(seconds), 1);
        assertThat(publisher.servedBlocklist().size()).isPositive();
        ledger.close();
    }

    @Test
    void sightings_twentyThousandPerSecond_areNotLost() throws Exception {
        Path file = fill(SENDERS, clock.instant());
        SenderLedger ledger = new SenderLedger(file, LargeLedgers.NODE, policy, clock);
        AtomicLong notified = new AtomicLong();
        LedgerWriter writer = new LedgerWriter(
                ledger,
                new SenderRetention(Duration.ofDays(90), 2 * SENDERS),
                TestClocks.trusted(clock),
                s -> notified.addAndGet(s.size()));
        long started = System.nanoTime();
        writer.start();
        TABLE.add("seconds to open a million senders", (System.nanoTime() - started) / 1e9);
        int maxBacklog = enqueue(writer);
        long queued = System.nanoTime();
        writer.stop();
        TABLE.atMost(
                "sightings lost at %,d a second for %d s".formatted(SIGHTINGS_PER_SECOND, SECONDS),
                (double) writer.lostCount(),
                0);
        TABLE.add("sightings in the queue, at most", maxBacklog);
        TABLE.add("seconds until the last one is on disk", (System.nanoTime() - queued) / 1e9);
        System.out.printf("notified %d%n", notified.get());
        assertThat(writer.lostCount()).isZero();
    }

    /** Returns the longest queue. */
    private int enqueue(LedgerWriter writer) {
        Random random = new Random(1);
        int maxBacklog = 0;
        long session = 0;
        long next = System.nanoTime();
        for (int tick = 0; tick < SECONDS * 1_000 / TICK_MILLIS; tick++) {
            for (int i = 0; i < SIGHTINGS_PER_SECOND * TICK_MILLIS / 1_000; i++) {
                writer.enqueue(sighting(++session, random.nextInt(SENDERS)));
            }
            maxBacklog = Math.max(maxBacklog, writer.backlog());
            next += TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
            LockSupport.parkNanos(next - System.nanoTime());
        }
        return maxBacklog;
    }

    /** Measures the longest gap between two calls of a 1 ms timer on an event loop. */
    @Test
    void retention_ofAMillionSenders_doesNotBlockTheEventLoop() throws Exception {
        Path file = fill(SENDERS, clock.instant());
        SenderLedger ledger = new SenderLedger(file, LargeLedgers.NODE, policy, clock);
        AtomicReference<Duration> passed = new AtomicReference<>(Duration.ZERO);
        LedgerWriter writer = new LedgerWriter(
                ledger,
                new SenderRetention(Duration.ofDays(90), SENDERS),
                TestClocks.withMore(clock, passed::get),
                s -> {});
        Vertx vertx = Vertx.vertx();
        AtomicLong longestPause = new AtomicLong();
        AtomicLong last = new AtomicLong(System.nanoTime());
        vertx.setPeriodic(1, timer -> {
            long now = System.nanoTime();
            longestPause.accumulateAndGet(now - last.getAndSet(now), Math::max);
        });
        TimeUnit.SECONDS.sleep(5);
        long pauseWhenIdle = longestPause.getAndSet(0);
        long octets = Files.size(file);
        writer.start();
        passed.set(Duration.ofDays(100));
        long pauseAtOpen = longestPause.getAndSet(0);
        long started = System.nanoTime();
        while (ledger.size() > 0) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        long duration = System.nanoTime() - started;
        long pauseAtWork = longestPause.get();
        writer.stop();
        vertx.close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
        TABLE.add("seconds to delete a million senders", duration / 1e9);
        TABLE.add("MB of the file with a million senders", octets / 1e6);
        TABLE.add("ms of the longest pause of an event loop meanwhile", pauseAtWork / 1e6);
        System.out.printf(
                "file %d MB afterwards; longest pause during open %.1f ms, idle %.1f ms%n",
                Files.size(file) >> 20, pauseAtOpen / 1e6, pauseWhenIdle / 1e6);
        assertThat(ledger.size()).isZero();
    }

    private Sighting sighting(long session, int sender) {
        long bits = LargeLedgers.origin(sender, SENDERS).bits();
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(NetUtil.intToIpAddress((int) bits));
        SessionFacts facts = new SessionFacts(
                Verb.DATA,
                EnumSet.of(Trait.NO_QUIT),
                "mail.example.net",
                "a@example.com",
                1,
                sender % 10 == 0 ? 1 : 0,
                false);
        return new Sighting(session, address, clock.instant(), facts, Outcome.LEFT, List.of());
    }
}
