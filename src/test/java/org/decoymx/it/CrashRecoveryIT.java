package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What was ever served is served again by the very first feed after kill -9 at any moment, and the ledger is sound. A
 * failure is played again with {@code -Dkill.seed=} and the number that it printed, as near as a machine's pace allows.
 */
class CrashRecoveryIT {
    private static final int CLIENTS_EACH = 1_000;
    private static final int THREADS = 3;
    private static final int EACH_V6 = 10;
    private static final int KILLED_IN_START = 4;
    private static final int START_MILLIS = 1_500;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(2);

    private final long seed = Long.getLong("kill.seed", System.nanoTime());
    private final Random random = new Random(seed);

    /** What each client is called in the feed, by its address. */
    private final Map<String, String> origins = new LinkedHashMap<>();

    @Test
    void kill9_atAnyMoment_losesNothingServed() {
        losesNothingServed(8);
    }

    @Test
    @Tag("long")
    void kill9_twentyTimes_losesNothingServed() {
        losesNothingServed(20);
    }

    private void losesNothingServed(int kills) {
        System.out.println("KillIT: -Dkill.seed=" + seed);
        IntStream.range(0, kills * CLIENTS_EACH).forEach(this::invent);
        Path dir = TestResources.createDirectory("ledger");
        try (DecoyProcess decoy = DecoyProcess.start(DecoyWithLedger.settings(dir));
                FeedPoller watch = FeedPoller.start(decoy);
                MailLoad load = MailLoad.start(decoy.smtpPort(), THREADS)) {
            List<String> clients = new ArrayList<>(origins.keySet());
            for (int kill = 0; kill < kills; kill++) {
                load.addClients(clients.subList(kill * CLIENTS_EACH, (kill + 1) * CLIENTS_EACH));
                strike(decoy, load, kill);
                comesBack(decoy, watch);
            }
            allAreListed(load, watch);
            decoy.killProcess();
            isSound(dir.resolve("ledger.db"));
            comesBack(decoy, watch);
            assertThat(watch.latest()).containsAll(origins.values());
        } finally {
            TestResources.delete(dir);
        }
    }

    private void invent(int i) {
        if (i % EACH_V6 == 0) {
            String network = String.format("2a01:4f8:%x:%x::", 1 + i / 1_000, 1 + i % 1_000);
            origins.put(network + Integer.toHexString(1 + i), network + "/64");
        } else {
            String address = "23." + (1 + i / 62_500) + "." + i / 250 % 250 + "." + (1 + i % 250);
            origins.put(address, address);
        }
    }

    /** Kills it after a part of the round's clients, or some time after a start that is not over. */
    private void strike(DecoyProcess decoy, MailLoad load, int kill) {
        int part = load.deferredCount() + random.nextInt(CLIENTS_EACH);
        await("clients of round " + kill).atMost(LIMIT).pollInterval(POLL).until(() -> load.deferredCount() >= part);
        LockSupport.parkNanos(Duration.ofMillis(random.nextInt(200)).toNanos());
        decoy.killProcess();
        if (kill % KILLED_IN_START == KILLED_IN_START - 1) {
            decoy.restartWithoutWaiting();
            LockSupport.parkNanos(
                    Duration.ofMillis(random.nextInt(START_MILLIS)).toNanos());
            decoy.killProcess();
        }
    }

    private void comesBack(DecoyProcess decoy, FeedPoller watch) {
        int before = watch.fetchCount();
        decoy.restart();
        await("a feed").atMost(LIMIT).pollInterval(POLL).until(() -> watch.fetchCount() > before);
        assertThat(watch.violations())
                .as("with -Dkill.seed=%d; the log:%n%s", seed, decoy.log())
                .isEmpty();
    }

    /** Those who had their 451 and were not listed yet when it was killed come again. */
    private void allAreListed(MailLoad load, FeedPoller watch) {
        await("the load to end").atMost(LIMIT).until(() -> load.deferredCount() >= origins.size());
        LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
        Set<String> listed = watch.latest();
        List<String> lost = origins.entrySet().stream()
                .filter(client -> !listed.contains(client.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        load.addClients(lost);
        await("all clients in the feed").atMost(LIMIT).until(() -> watch.latest()
                .containsAll(origins.values()));
    }

    private void isSound(Path file) {
        SqliteShell.assertIntact(file);
        assertThat(SqliteShell.caughtOrigins(file))
                .as("with -Dkill.seed=%d", seed)
                .containsAll(origins.values());
    }
}
