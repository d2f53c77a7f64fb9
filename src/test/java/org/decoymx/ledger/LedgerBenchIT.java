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
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
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
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Outcome;
import org.decoymx.smtp.protocol.SessionFacts;
import org.decoymx.smtp.protocol.Trait;
import org.decoymx.smtp.protocol.Verb;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the ledger can bear, in this process and with a real file. */
@Tag("bench")
class LedgerBenchIT {
    private static final int SENDERS = 1_000_000;
    private static final int PER_SECOND = 20_000;
    private static final int SECONDS = 30;
    private static final int TICK_MILLIS = 10;
    private static final int STARTS = 3;
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Pattern USED = Pattern.compile("(?:generation.*total \\d+K), used (\\d+)K");

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

    /** The start and the heap of a decoy that knows many senders, a tenth of them listed, beside those of an empty one. */
    @Test
    void aMillion_besideNone() throws StorageException {
        Path empty = TestResources.createDirectory("empty");
        fill(SENDERS, clock.instant());
        List<Double> seconds = new ArrayList<>();
        List<Double> octets = new ArrayList<>();
        for (int start = 0; start < STARTS; start++) {
            Standing none = Standing.of(empty);
            Standing many = Standing.of(dir);
            seconds.add(many.seconds() - none.seconds());
            octets.add(many.heap() - none.heap());
            System.out.printf("%s; with %d senders %s%n", none, SENDERS, many);
        }
        System.out.printf(
                "%d senders: %.2f s more to be ready, %.1f MB more heap (medians)%n",
                SENDERS, median(seconds), median(octets));
        TestResources.delete(empty);
    }

    @Test
    void tenMillion_openAndServe() throws StorageException {
        fill(10 * SENDERS, clock.instant());
        Standing many = Standing.of(dir, "-Xmx1g", "decoy.ledger.max-senders=" + 10 * SENDERS);
        System.out.printf("%d senders: %s%n", 10 * SENDERS, many);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    /**
     * A decoy that has started.
     *
     * @param seconds from its start to its greeting
     * @param resident MB of resident memory, once it has served the feed
     * @param heap MB of the heap in use, after a full collection
     * @param listed how many lines its feed had
     */
    private record Standing(double seconds, double resident, double heap, long listed) {
        static Standing of(Path dir, String... more) {
            List<String> settings = new ArrayList<>(
                    List.of("decoy.ledger.dir=" + dir, "decoy.domains=example.org", "decoy.smtp.greeting-delay=0s"));
            settings.addAll(List.of(more));
            try (DecoyProcess decoy = DecoyProcess.start(settings.toArray(String[]::new))) {
                long listed = decoy.get("/blocklist.txt").body().lines().count();
                double resident = ProcessUsage.residentMebibytes(decoy.pid());
                return new Standing(decoy.startupTime().toMillis() / 1e3, resident, heap(decoy.pid()), listed);
            }
        }

        private static double heap(long pid) {
            String jcmd =
                    Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
            CompletedProgram.run(LIMIT, jcmd, String.valueOf(pid), "GC.run");
            CompletedProgram.run(LIMIT, jcmd, String.valueOf(pid), "GC.run");
            return USED.matcher(CompletedProgram.run(LIMIT, jcmd, String.valueOf(pid), "GC.heap_info")
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

    /** What happens when exemptions have changed: every listed sender is looked up and judged again, and then published. */
    @Test
    void aMillionListed_areJudgedAgain() throws StorageException {
        SenderLedger ledger = new SenderLedger(fill(SENDERS, clock.instant(), 1), LargeLedgers.NODE, policy, clock);
        ledger.open();
        BlocklistPublisher publisher =
                BlocklistPublishers.of(PolicyMode.ENFORCE, 0, new ExemptNetworks(), clock.instant());
        List<Double> seconds = new ArrayList<>();
        for (int round = 0; round < 2 * STARTS + 1; round++) {
            long begun = System.nanoTime();
            List<Sender> batch = new ArrayList<>();
            ledger.forEachListed(clock.instant(), sender -> {
                batch.add(sender);
                if (batch.size() == PER_SECOND / 20) {
                    BlocklistPublishers.evaluate(publisher, batch, clock.instant());
                    batch.clear();
                }
            });
            BlocklistPublishers.evaluate(publisher, batch, clock.instant());
            BlocklistPublishers.publish(publisher, clock.instant().plusSeconds(2L * round));
            seconds.add((System.nanoTime() - begun) / 1e9);
        }
        System.out.printf(
                "%d listed senders judged again: %.2f s at first, %.2f s (median); %d listed; limit 1 s%n",
                SENDERS,
                seconds.get(0),
                median(seconds),
                publisher.servedBlocklist().size());
        ledger.close();
    }

    @Test
    void sightings_twentyThousandASecond_areNotLost() throws Exception {
        Path file = fill(SENDERS, clock.instant());
        SenderLedger ledger = new SenderLedger(file, LargeLedgers.NODE, policy, clock);
        AtomicLong told = new AtomicLong();
        LedgerWriter keeper = new LedgerWriter(
                ledger, new SenderRetention(Duration.ofDays(90), 2 * SENDERS), clock, s -> told.addAndGet(s.size()));
        long begun = System.nanoTime();
        keeper.start();
        System.out.printf("open %d senders: %.2f s%n", ledger.size(), (System.nanoTime() - begun) / 1e9);
        Random random = new Random(1);
        int most = 0;
        long session = 0;
        long next = System.nanoTime();
        for (int tick = 0; tick < SECONDS * 1_000 / TICK_MILLIS; tick++) {
            for (int i = 0; i < PER_SECOND * TICK_MILLIS / 1_000; i++) {
                assertThat(keeper.enqueue(sighting(++session, random.nextInt(SENDERS))))
                        .isTrue();
            }
            most = Math.max(most, keeper.backlog());
            next += TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
            LockSupport.parkNanos(next - System.nanoTime());
        }
        System.out.printf(
                "%d sightings a second for %d s: longest queue %d, lost %d, at the end %d, told %d%n",
                PER_SECOND, SECONDS, most, keeper.lostCount(), keeper.backlog(), told.get());
        keeper.stop();
        assertThat(keeper.lostCount()).isZero();
    }

    /** A timer of 1 ms on an event loop beside the work; the longest gap between its calls is the longest pause. */
    @Test
    void retention_ofAMillion_pausesNoEventLoop() throws Exception {
        Path file = fill(SENDERS, clock.instant());
        SenderLedger ledger = new SenderLedger(file, LargeLedgers.NODE, policy, clock);
        LedgerWriter keeper = new LedgerWriter(
                ledger,
                new SenderRetention(Duration.ofDays(90), SENDERS),
                Clock.offset(clock, Duration.ofDays(100)),
                s -> {});
        Vertx vertx = Vertx.vertx();
        AtomicLong longest = new AtomicLong();
        AtomicLong last = new AtomicLong(System.nanoTime());
        vertx.setPeriodic(1, timer -> {
            long now = System.nanoTime();
            longest.accumulateAndGet(now - last.getAndSet(now), Math::max);
        });
        TimeUnit.SECONDS.sleep(5);
        long idle = longest.getAndSet(0);
        long octets = Files.size(file);
        keeper.start();
        long opening = longest.getAndSet(0);
        long begun = System.nanoTime();
        while (ledger.size() > 0) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        long taken = System.nanoTime() - begun;
        long working = longest.get();
        keeper.stop();
        vertx.close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
        System.out.printf(
                "retention over %d: %.0f s; file %d MB, then %d MB; longest pause %.1f ms, at the opening %.1f ms, idle %.1f ms%n",
                SENDERS, taken / 1e9, octets >> 20, Files.size(file) >> 20, working / 1e6, opening / 1e6, idle / 1e6);
        assertThat(ledger.size()).isZero();
    }

    private Sighting sighting(long session, int sender) {
        long bits = LargeLedgers.origin(sender, SENDERS).bits();
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(NetUtil.intToIpAddress((int) bits));
        SessionFacts notes = new SessionFacts(
                Verb.DATA,
                EnumSet.of(Trait.NO_QUIT),
                "mail.example.net",
                "a@example.com",
                1,
                sender % 10 == 0 ? 1 : 0,
                false);
        return new Sighting(session, address, clock.instant(), notes, Outcome.LEFT);
    }
}
