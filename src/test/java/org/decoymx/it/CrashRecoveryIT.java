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
 * After kill -9 at any moment the first feed contains every entry that was ever served, and the ledger is intact. To
 * repeat a failure, set {@code -Dkill.seed=} to the printed number; the exact timing still depends on the machine.
 */
class CrashRecoveryIT {
    private static final int CLIENTS_PER_KILL = 1_000;
    private static final int THREADS = 3;
    private static final int IPV6_INTERVAL = 10;
    private static final int START_KILL_INTERVAL = 4;
    private static final int MAX_START_MILLIS = 1_500;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(2);

    private final long seed = Long.getLong("kill.seed", System.nanoTime());
    private final Random random = new Random(seed);

    /** The feed entry of each client, by its address. */
    private final Map<String, String> origins = new LinkedHashMap<>();

    @Test
    void kill9_atRandomMoments_keepsServedEntries() {
        assertServedEntriesKept(8);
    }

    @Test
    @Tag("long")
    void kill9_twentyTimes_keepsServedEntries() {
        assertServedEntriesKept(20);
    }

    private void assertServedEntriesKept(int kills) {
        System.out.println("CrashRecoveryIT: -Dkill.seed=" + seed);
        IntStream.range(0, kills * CLIENTS_PER_KILL).forEach(this::addClient);
        Path dir = TestResources.createDirectory("ledger");
        try (DecoyProcess decoy = DecoyProcess.start(DecoyWithLedger.settings(dir));
                FeedPoller poller = FeedPoller.start(decoy);
                MailLoad load = MailLoad.start(decoy.smtpPort(), THREADS)) {
            List<String> clients = new ArrayList<>(origins.keySet());
            for (int kill = 0; kill < kills; kill++) {
                load.addClients(clients.subList(kill * CLIENTS_PER_KILL, (kill + 1) * CLIENTS_PER_KILL));
                killUnderLoad(decoy, load, kill);
                restartAndCheckFeed(decoy, poller);
            }
            awaitAllListed(load, poller);
            decoy.killProcess();
            assertLedgerIntact(dir.resolve("ledger.db"));
            restartAndCheckFeed(decoy, poller);
            assertThat(poller.latest()).containsAll(origins.values());
        } finally {
            TestResources.delete(dir);
        }
    }

    private void addClient(int i) {
        if (i % IPV6_INTERVAL == 0) {
            String network = String.format("2a01:4f8:%x:%x::", 1 + i / 1_000, 1 + i % 1_000);
            origins.put(network + Integer.toHexString(1 + i), network + Integer.toHexString(1 + i));
        } else {
            String address = "23." + (1 + i / 62_500) + "." + i / 250 % 250 + "." + (1 + i % 250);
            origins.put(address, address);
        }
    }

    /** Kills the decoy after some of the round's clients are deferred; in each fourth round also during its start. */
    private void killUnderLoad(DecoyProcess decoy, MailLoad load, int kill) {
        int target = load.deferredCount() + random.nextInt(CLIENTS_PER_KILL);
        await("clients of round " + kill).atMost(LIMIT).pollInterval(POLL).until(() -> load.deferredCount() >= target);
        LockSupport.parkNanos(Duration.ofMillis(random.nextInt(200)).toNanos());
        decoy.killProcess();
        if (kill % START_KILL_INTERVAL == START_KILL_INTERVAL - 1) {
            decoy.restartWithoutWaiting();
            LockSupport.parkNanos(
                    Duration.ofMillis(random.nextInt(MAX_START_MILLIS)).toNanos());
            decoy.killProcess();
        }
    }

    private void restartAndCheckFeed(DecoyProcess decoy, FeedPoller poller) {
        int before = poller.fetchCount();
        decoy.restart();
        await("a feed").atMost(LIMIT).pollInterval(POLL).until(() -> poller.fetchCount() > before);
        assertThat(poller.violations())
                .as("with -Dkill.seed=%d; the log:%n%s", seed, decoy.log())
                .isEmpty();
    }

    /** Clients that got a 451 but were not listed before a kill send mail again. */
    private void awaitAllListed(MailLoad load, FeedPoller poller) {
        await("all clients to be deferred").atMost(LIMIT).until(() -> load.deferredCount() >= origins.size());
        LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
        Set<String> listed = poller.latest();
        List<String> missing = origins.entrySet().stream()
                .filter(client -> !listed.contains(client.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        load.addClients(missing);
        await("all clients in the feed").atMost(LIMIT).until(() -> poller.latest()
                .containsAll(origins.values()));
    }

    private void assertLedgerIntact(Path file) {
        SqliteShell.assertIntact(file);
        assertThat(SqliteShell.caughtOrigins(file))
                .as("with -Dkill.seed=%d", seed)
                .containsAll(origins.values());
        assertThat(SqliteShell.run(file, "SELECT sum(sessions) FROM hour"))
                .as("sessions of all hours, with -Dkill.seed=%d", seed)
                .isEqualTo(SqliteShell.run(file, "SELECT sum(sessions) FROM sender"));
    }
}
