package org.decoymx.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a full disk the decoy still answers clients and serves its list. It recovers without a restart. */
class LedgerFullIT {
    private static final String OLD = "23.0.0.1";
    private static final String NEW = "23.0.0.2";
    private static final String NEW_IPV6 = "2a01:4f8:1:2::25";
    private static final String NO_SPACE = "no space is left";
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration STABLE_TIME = Duration.ofMillis(1_500);

    private final AtomicInteger fillerCount = new AtomicInteger();
    private TestMount disk;

    @BeforeEach
    void mount() {
        disk = TestMount.tmpfs("3m");
    }

    @AfterEach
    void unmount() {
        disk.close();
    }

    @Test
    void diskFull_whileRunning_buffersAndRecovers() {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(disk.dir())) {
            decoy.assertListed(OLD);
            fillDisk(decoy);
            int listed = decoy.decoy().feedEntries().size();

            decoy.assertDeferred(NEW, NEW_IPV6);
            assertFeedSizeStays(decoy, listed);
            decoy.awaitDown(NO_SPACE);

            disk.freeSpace();
            decoy.awaitListed(OLD, NEW, NEW_IPV6);
            decoy.awaitUp();
            assertThat(SqliteShell.caughtOrigins(decoy.file()))
                    .containsExactlyInAnyOrderElementsOf(decoy.decoy().feedEntries());
            assertThat(decoy.decoy().feedEntries()).hasSize(3 + fillerCount.get());
        }
    }

    @Test
    void diskFull_afterKill9_keepsServedEntries() {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(disk.dir())) {
            decoy.assertListed(OLD);
            fillDisk(decoy);
            var entries = decoy.decoy().feedEntries();
            decoy.decoy().killProcess();
            disk.fillUp();

            decoy.decoy().restart();
            assertThat(decoy.decoy().feedEntries()).containsExactlyElementsOf(entries);
            decoy.assertDeferred(NEW);
            disk.freeSpace();
            decoy.awaitListed(NEW);
            decoy.awaitUp();
            SqliteShell.assertIntact(decoy.file());
        }
    }

    @Test
    void diskFull_atStart_servesStoredList() {
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(disk.dir())) {
            decoy.assertListed(OLD);
            decoy.decoy().stop();
            disk.fillUp();
            decoy.decoy().restart();

            decoy.assertOnlyListed(OLD);
            fillDisk(decoy);
            assertThat(decoy.decoy().feedEntries()).contains(OLD);
            decoy.assertDeferred(NEW);
            disk.freeSpace();
            decoy.awaitListed(OLD, NEW);
            decoy.awaitUp();
        }
    }

    @Test
    void diskFull_atFirstStart_buffersAndRecovers() {
        disk.fillUp();
        try (DecoyWithLedger decoy = DecoyWithLedger.startIn(disk.dir())) {
            decoy.awaitDown(NO_SPACE);
            decoy.assertDeferred(NEW);
            decoy.assertOnlyListed();
            disk.freeSpace();
            decoy.awaitListed(NEW);
            decoy.awaitUp();
            decoy.assertOnlyStored(NEW);
        }
    }

    /** Fills the disk. The ledger frees space after an error, so this repeats until the error persists. */
    private void fillDisk(DecoyWithLedger decoy) {
        await("a lasting disk full error").atMost(LIMIT).during(STABLE_TIME).until(() -> {
            disk.fillUp();
            if (!decoy.isDown(NO_SPACE)) {
                decoy.assertDeferred("23.0.1." + fillerCount.incrementAndGet());
            }
            return decoy.isDown(NO_SPACE);
        });
    }

    private static void assertFeedSizeStays(DecoyWithLedger decoy, int listed) {
        await("a constant number of feed entries")
                .during(STABLE_TIME)
                .atMost(LIMIT)
                .until(() -> decoy.decoy().feedEntries().size() == listed);
    }
}
