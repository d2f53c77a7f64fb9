package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.decoymx.lab.LabClock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Decoys that share one list lose their disk, name, connection, or the time: in the end all list the same. */
class ExchangeNodesIT {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final String DOWN = "\"status\":\"DOWN\"";

    private static KafkaBroker broker;
    private static DecoyGroup group;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
        group = new DecoyGroup(broker.address(), "site");
        group.start("one");
        group.start("two");
        group.awaitHealthy("one", "two");
    }

    @AfterAll
    static void stop() {
        try {
            if (group != null) {
                group.close();
            }
        } finally {
            if (broker != null) {
                broker.close();
            }
        }
    }

    @Test
    void decoy_withANewDisk_readsItsOwnStatesBack() {
        String client = group.send("two", 30).get(0);
        group.awaitSameLists("one", "two");
        DecoyProcess two = group.decoy("two");
        two.killProcess();
        TestResources.delete(group.directory("two"));
        group.directory("two");
        two.restart();
        group.awaitSameLists("one", "two");

        group.sendAgain("two", client);
        group.decoy("two").awaitSender(client, 2);
        group.decoy("one").awaitSender(client, 2);
        group.send("two", 10);
        group.awaitSameLists("one", "two");
    }

    /** Only the ledger tells the name of the node, and what it has not shared yet. */
    @Test
    void ledgerUnreadableAtStart_isSharedOnceItIsReadable() throws IOException {
        group.send("two", 10);
        DecoyProcess two = group.decoy("two");
        two.stop();
        Path file = group.directory("two").resolve("ledger.db");
        Path aside = Files.move(file, group.directory("two").resolve("aside"));
        Files.createDirectory(file);
        two.restart();
        group.send("two", 10);
        assertThat(group.exchangeHealth("two")).contains("exchange").doesNotContain("commits that wait");
        Files.delete(file);
        Files.move(aside, file);
        group.awaitSameLists("one", "two");
        group.awaitHealthy("one", "two");
    }

    @Test
    void name_usedTwice_isThatOfTheLastClaim() {
        group.send("two", 10);
        assertLastClaimWins("namesake");
    }

    @Test
    void clonedMachine_isNoticed() throws IOException {
        group.send("two", 10);
        group.awaitSameLists("one", "two");
        group.decoy("two").stop();
        copy(group.directory("two"), group.directory("clone"));
        group.decoy("two").restart();
        group.awaitHealthy("two");
        assertLastClaimWins("clone");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    /** What the loser caught since then is shared once it has the name again. */
    private static void assertLastClaimWins(String other) {
        group.start(Map.of(), other, "two");
        group.awaitHealth("two", DOWN);
        group.send(other, 10);
        group.send("two", 10);
        group.awaitHealthy(other);
        group.awaitHealth("two", DOWN);
        await("what the winner caught").atMost(LIMIT).untilAsserted(() -> assertThat(
                        group.decoy("one").feedEntries())
                .containsAll(group.decoy(other).feedEntries()));
        group.remove(other);
        group.decoy("two").stop();
        group.decoy("two").restart();
        group.awaitHealthy("one", "two");
        group.awaitSameLists("one", "two");
    }

    @Test
    void partitionedDecoy_works_andCatchesUp() {
        group.start("far", "decoy.exchange.servers=" + broker.relayedAddress());
        group.send("far", 10);
        group.awaitSameLists("one", "two", "far");
        broker.partition();
        List<String> far = group.send("far", 20);
        List<String> near = group.send("one", 20);
        await("its own list")
                .atMost(LIMIT)
                .until(() -> group.decoy("far").feedEntries().containsAll(far));
        assertThat(group.decoy("far").feedEntries()).doesNotContainAnyElementsOf(near);
        assertThat(group.decoy("one").feedEntries()).doesNotContainAnyElementsOf(far);
        group.awaitHealth("far", DOWN);
        broker.heal();
        group.awaitSameLists("one", "two", "far");
        group.awaitHealthy("far");
        group.remove("far");
    }

    /** Such a node has the times of its own clock in its list, so only the other lists are the same in all. */
    @Test
    void decoys_withWrongClocks_shareTheTimesOfTheBroker() {
        Instant start = Instant.now();
        LabClock ahead = new LabClock(group.directory("ahead-clock"));
        ahead.advance(Duration.ofDays(2));
        LabClock behind = new LabClock(group.directory("behind-clock"));
        behind.advance(Duration.ofDays(-2));
        group.start(ahead.environment(), "ahead", "ahead");
        group.start(behind.environment(), "behind", "behind");
        List<String> sent = List.of(
                group.send("ahead", 1).get(0),
                group.send("behind", 1).get(0),
                group.send("one", 1).get(0));
        group.awaitSameLists("one", "two");
        for (String node : List.of("ahead", "behind")) {
            await("the list of " + node).atMost(LIMIT).untilAsserted(() -> assertThat(
                            Set.copyOf(group.decoy(node).feedEntries()))
                    .containsAll(group.sent()));
        }
        for (String client : sent) {
            assertThat(group.since("one", client))
                    .isBetween(start.minusSeconds(60), Instant.now().plusSeconds(60));
        }
        group.remove("ahead");
        group.remove("behind");
    }
}
