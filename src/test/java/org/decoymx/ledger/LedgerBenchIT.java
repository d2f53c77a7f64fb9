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
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.decoymx.conversation.Notes;
import org.decoymx.conversation.Trait;
import org.decoymx.conversation.Verb;
import org.decoymx.policy.Policy;
import org.decoymx.sighting.Sighting;
import org.decoymx.sighting.Sighting.Ending;
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
    private static final Node NODE = new Node("bench");
    private static final Duration TTL = Duration.ofHours(24);

    @TempDir
    private Path dir;

    private final Clock clock = Clock.systemUTC();
    private final Policy policy = new Policy(false, TTL, List.of());

    static Origin origin(int i) {
        return new Origin(false, (i * 2_654_435_769L) & 0xffff_ffffL);
    }

    private static Entry entry(int i, long lastSeen) {
        Score score = i % 10 == 0 ? new Score(10, lastSeen, 1, lastSeen, lastSeen + TTL.toSeconds()) : Score.NONE;
        Tally tally = new Tally(NODE, origin(i), lastSeen - 1_000, lastSeen, 3, 1, 0x801, score);
        return new Entry(tally, new Evidence("mail.example.net", "example.com", Verb.DATA, true, Ending.LEFT, 3));
    }

    private Path fill(int senders, Instant lastSeen) throws Fault {
        Path file = dir.resolve("ledger.db");
        try (LedgerStore store = LedgerStore.open(file, NODE)) {
            store.commit(IntStream.range(0, senders)
                    .mapToObj(i -> entry(i, lastSeen.getEpochSecond()))
                    .iterator());
        }
        return file;
    }

    @Test
    void sightings_twentyThousandASecond_areNotLost() throws Exception {
        Path file = fill(SENDERS, clock.instant());
        Ledger ledger = new Ledger(file, NODE, policy, clock);
        AtomicLong told = new AtomicLong();
        Keeper keeper = new Keeper(
                ledger, new Retention(Duration.ofDays(90), 2 * SENDERS), clock, s -> told.addAndGet(s.size()));
        long begun = System.nanoTime();
        keeper.start();
        System.out.printf("open %d senders: %.2f s%n", ledger.size(), (System.nanoTime() - begun) / 1e9);
        Random random = new Random(1);
        int most = 0;
        long session = 0;
        long next = System.nanoTime();
        for (int tick = 0; tick < SECONDS * 1_000 / TICK_MILLIS; tick++) {
            for (int i = 0; i < PER_SECOND * TICK_MILLIS / 1_000; i++) {
                assertThat(keeper.take(sighting(++session, random.nextInt(SENDERS))))
                        .isTrue();
            }
            most = Math.max(most, keeper.backlog());
            next += TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
            LockSupport.parkNanos(next - System.nanoTime());
        }
        System.out.printf(
                "%d sightings a second for %d s: longest queue %d, lost %d, at the end %d, told %d%n",
                PER_SECOND, SECONDS, most, keeper.lost(), keeper.backlog(), told.get());
        keeper.stop();
        assertThat(keeper.lost()).isZero();
    }

    /** A timer of 1 ms on an event loop beside the work; the longest gap between its calls is the longest pause. */
    @Test
    void retention_ofAMillion_pausesNoEventLoop() throws Exception {
        Path file = fill(SENDERS, clock.instant());
        Ledger ledger = new Ledger(file, NODE, policy, clock);
        Keeper keeper = new Keeper(
                ledger,
                new Retention(Duration.ofDays(90), SENDERS),
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
        long bits = origin(sender).bits();
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(NetUtil.intToIpAddress((int) bits));
        Notes notes = new Notes(
                Verb.DATA,
                EnumSet.of(Trait.NO_QUIT),
                "mail.example.net",
                "a@example.com",
                1,
                sender % 10 == 0 ? 1 : 0,
                false);
        return new Sighting(session, address, clock.instant(), notes, Ending.LEFT);
    }
}
