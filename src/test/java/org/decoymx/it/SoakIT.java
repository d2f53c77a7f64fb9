package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.decoymx.bench.ProcessUsage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Conversations from 50,000 addresses for {@code -Dsoak=10m}: the ledger counts each, and memory, log and event loops
 * stay within their bounds.
 */
@Tag("bench")
@EnabledIfSystemProperty(named = "soak", matches = "[1-9][0-9]*m")
class SoakIT {
    private static final int ORIGINS = 50_000;
    private static final int THREADS = 8;

    /** So that the client's ports, which are in use for another minute, suffice. */
    private static final int PER_SECOND = 350;

    private static final double MAX_GROWTH = 1.05;
    private static final long MAX_LOG_OCTETS = 1 << 20;
    private static final Duration MAX_TURN = Duration.ofMillis(100);
    private static final Duration SAMPLE_INTERVAL = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Duration duration = Duration.parse("PT" + System.getProperty("soak"));
    private final long total = duration.toSeconds() * PER_SECOND;
    private final AtomicLong next = new AtomicLong();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    @Test
    void conversations_ofManyAddresses() throws Exception {
        Path dir = TestResources.createDirectory("soak");
        List<Double> memory = new ArrayList<>();
        String[] settings = Stream.concat(
                        Stream.of(DecoyWithLedger.settings(dir)), Stream.of(LoopWatchdogAgent.jvmOption(MAX_TURN)))
                .toArray(String[]::new);
        try (DecoyProcess decoy = DecoyProcess.start(settings)) {
            long start = System.nanoTime();
            List<Thread> clients = IntStream.range(0, THREADS)
                    .mapToObj(i -> new Thread(() -> converse(decoy, start), "client-" + i))
                    .toList();
            clients.forEach(Thread::start);
            while (clients.stream().anyMatch(Thread::isAlive)) {
                Thread.sleep(SAMPLE_INTERVAL.toMillis());
                memory.add(ProcessUsage.residentMebibytes(decoy.pid()));
            }
            assertThat(failures).isEmpty();
            long sent = total;
            await("all conversations in the ledger")
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertThat(sum(dir, "conversations")).isEqualTo(sent));
            assertThat(sum(dir, "sessions")).isEqualTo(sent);
            assertEachCounted(dir, sent);
            print(sent, memory, decoy.log());
        } finally {
            TestResources.delete(dir);
        }
    }

    /** Addresses in turn, in 23.0.0.0/8; each conversation must end with 451. */
    private void converse(DecoyProcess decoy, long start) {
        for (long number = next.getAndIncrement(); number < total; number = next.getAndIncrement()) {
            long due = start + number * (TimeUnit.SECONDS.toNanos(1) / PER_SECOND);
            while (due - System.nanoTime() > 0) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            try {
                String origin = address((int) (number % ORIGINS));
                assertThat(ProxiedClient.mail(decoy.smtpPort(), origin, DecoyWithLedger.RECIPIENT))
                        .startsWith("451 ");
            } catch (IOException | AssertionError e) {
                failures.add(e);
            }
        }
    }

    private static String address(int origin) {
        return "23." + origin / 250 / 250 + "." + origin / 250 % 250 + "." + origin % 250;
    }

    private static long sum(Path dir, String column) {
        return Long.parseLong(SqliteShell.run(
                dir.resolve("ledger.db"),
                "SELECT coalesce(sum(" + column + "), 0) FROM sender WHERE origin LIKE '23.%'"));
    }

    private static void assertEachCounted(Path dir, long sent) {
        String rows = SqliteShell.run(
                dir.resolve("ledger.db"), "SELECT origin, conversations FROM sender WHERE origin LIKE '23.%'");
        assertThat(rows.lines().collect(Collectors.toSet()))
                .isEqualTo(IntStream.range(0, (int) Math.min(ORIGINS, sent))
                        .mapToObj(i -> address(i) + "|" + (sent / ORIGINS + (i < sent % ORIGINS ? 1 : 0)))
                        .collect(Collectors.toSet()));
    }

    /** Memory is compared after a third of the time, when code is compiled and all addresses are known. */
    private void print(long sent, List<Double> memory, String log) {
        int third = memory.size() / 3;
        double middle = median(memory.subList(third, 2 * third));
        double last = median(memory.subList(2 * third, memory.size()));
        System.out.printf(
                "soak: %s, %d conversations, %d a second; resident memory %.1f MiB, then %.1f MiB (ratio %.3f);"
                        + " log %d octets%n",
                duration, sent, sent / duration.toSeconds(), middle, last, last / middle, log.length());
        assertThat(last / middle).isLessThanOrEqualTo(MAX_GROWTH);
        assertThat(log.length()).isLessThanOrEqualTo((int) MAX_LOG_OCTETS);
        assertThat(log).doesNotContain("ERROR");
        LoopWatchdogAgent.assertNoLoopBlocked(log);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
